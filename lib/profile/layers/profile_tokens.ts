/**
 * The twin: the same tokens once more, with every operation timed.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Instrumentation, SessionOptions } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import type { CleanToken, ProfiledToken } from "./deal.ts";
import { type InsideTimes, insideTimes } from "./inside_times.ts";
import { ProfiledSession } from "./profiled_session.ts";
import type { Pass } from "./written_profile.ts";

/** What the twin is fed, and what its shares are scaled to. */
export interface TwinOptions extends SessionOptions {
  /** The prompt's ids and, after them, those of the answer. */
  ids: readonly number[];
  /** How many of `ids` are the prompt's. */
  promptLength: number;
  /** Times of the answer's tokens in a pass without a profiler, as far as they are known. */
  clean?: readonly CleanToken[] | undefined;
  /** Whether to tell the time of every operation in every token, too. */
  operations?: boolean | undefined;
  /** How far the runtime may change the graph; default `"all"`, as in a clean pass. */
  optimization?: Instrumentation["optimization"];
  /** Tokens of the prompt in one pass; default 512, as in `generate()`. */
  prefillChunk?: number | undefined;
  /** Events in one profile; default 60,000. */
  chunkEvents?: number | undefined;
  /** Asked before each pass: whether to end here, with the tokens so far. */
  stopped?: (() => boolean) | undefined;
  /** Called after each token. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Runs given tokens with every operation timed, and tells where the time of each token went.
 *
 * Nothing is sampled: token i + 1 is computed from the given token i, as in the answer that is
 * explained. With `clean`, the floor of timing is chosen so that operations fill the clean time, and
 * each token's shares are scaled to its clean time; without it, times are those of this pass.
 *
 * @param model The model to run.
 * @param options Ids, clean times, threads.
 * @returns Times by token and component, and by phase and operation.
 * @throws {InputError} Where there is no prompt, or the runtime's profile is not whole.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel, profileTokens } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * const prompt = model.tokenizer.encode("Once upon a time");
 * const ids = [...prompt, ...model.tokenizer.encode(", a brave fox")];
 * const times = await profileTokens(model, { ids, promptLength: prompt.length });
 * const row = times.componentMs.subarray(0, times.places.length);
 * assert(row.reduce((sum, ms) => sum + ms, 0) === times.durationMs[0]);
 * ```
 */
export async function profileTokens(model: Model, options: TwinOptions): Promise<InsideTimes> {
  const { ids, promptLength, clean, stopped = () => false, onProgress } = options;
  if (promptLength < 1 || ids.length < promptLength) {
    throw new InputError(`Cannot profile ${ids.length} tokens with a prompt of ${promptLength}`, {
      remedy: "pass the ids of a prompt, and how many they are",
    });
  }
  const count = Math.max(1, Math.min(ids.length - promptLength, clean?.length ?? Infinity));
  const prompt = ids.slice(0, promptLength);
  await using session = await ProfiledSession.open(model, options);
  const chunk = await session.passLength(promptLength, options.prefillChunk ?? 512);

  // The first pass of a session allocates memory, and the first after a prompt other memory.
  await session.uncounted(async () => {
    session.reset(ids.length);
    await session.run(prompt.slice(0, chunk));
    await session.run([prompt[0]!]);
  });
  session.reset(ids.length);

  const passesOf: Pass[][] = [];
  for (let index = 0; index < count && !stopped(); index++) {
    const taken = session.passes.length;
    if (index === 0) {
      for (let at = 0; at < prompt.length; at += chunk) {
        if (stopped()) break;
        await session.extend(prompt.slice(at, at + chunk));
      }
      if (session.pastLength < prompt.length) break;
    } else {
      await session.extend([ids[promptLength + index - 1]!]);
    }
    passesOf.push(session.passes.slice(taken));
    onProgress?.(index + 1, count);
  }
  session.settle();
  const tokens = passesOf.map(profiledToken);
  return insideTimes(
    session.operations,
    tokens,
    clean?.slice(0, tokens.length) ?? null,
    session.events,
    options.operations,
  );
}

function profiledToken(passes: readonly Pass[]): ProfiledToken {
  const forwardMs = passes.reduce((sum, pass) => sum + pass.endMs - pass.startMs, 0);
  return {
    passes: passes.flatMap(({ times }) => times),
    forwardMs,
    samplingMs: 0,
    durationMs: forwardMs,
  };
}
