/**
 * Answering several prompts at once, one step at a time.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";
import type { Model } from "../model/mod.ts";
import type { TokenEvent } from "../record.ts";
import type { OpenedSession } from "./engine.ts";
import type { GenerateOptions } from "./generate.ts";
import { openSession } from "./open_session.ts";
import { checkIds, chunkLength, roomAfter } from "./prompt.ts";
import { fixedCut, timedCut } from "./prompt_cut.ts";
import { createSampler } from "./sampling.ts";
import { stepTimer } from "./step_timer.ts";
import { checkLength, stopTokens } from "./stopping.ts";
import { TextStream } from "./text_stream.ts";

/** How to answer several prompts; each is sampled as it would be alone, with the same seed. */
export interface BatchOptions extends Omit<GenerateOptions, "session" | "onPrompt"> {
  /** A session to use; its cache is reset first and it is not released. Default: one of its own. */
  session?: OpenedSession | undefined;
}

/** One forward pass over the batch, or the prefill of all its prompts. */
export interface BatchStep extends Pick<TokenEvent, "index" | "phase" | "startMs" | "endMs"> {
  /** A token for each prompt, in their order; `null` for one whose answer has ended before. */
  tokens: ({ id: number; text: string } | null)[];
}

/**
 * Generates the answers to several prompts at once and yields every step.
 *
 * Shorter prompts are padded on the left, as transformers does. A text whose answer has ended stays
 * in the batch, and its pass costs what it did, until the last one ends. Each gets the tokens that
 * it would get alone, but for rounding where two are as probable.
 *
 * @param model The model that answers.
 * @param prompts Texts, or ids as they are; at least one.
 * @param options Length, sampling, stopping, session; `maxNewTokens` is for each answer.
 * @returns The steps, in order.
 * @throws {InputError} Where an option or a prompt cannot be used, or the graph runs no batches.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generateBatch, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * const texts = ["", ""];
 * for await (const { tokens } of generateBatch(model, ["Once", "Once upon a time"], {
 *   maxNewTokens: 4,
 * })) {
 *   tokens.forEach((token, row) => texts[row] += token?.text ?? "");
 * }
 * assert.equal(texts[1], ", a brave fox");
 * ```
 */
export async function* generateBatch(
  model: Model,
  prompts: readonly (string | readonly number[])[],
  options: BatchOptions = {},
): AsyncGenerator<BatchStep, void, void> {
  const { signal, prefillChunk } = options;
  const maxNewTokens = checkLength(options.maxNewTokens);
  const stopIds = stopTokens(model, options);
  if (prompts.length === 0) {
    throw new InputError("Cannot answer a batch without prompts", { remedy: "pass at least one" });
  }
  const { tell, tellPass } = stepTimer(options.onSection);
  signal?.throwIfAborted();

  const tokenizeMs = nowMs();
  const ids = prompts.map((prompt) =>
    typeof prompt === "string" ? model.tokenizer.encode(prompt) : [...prompt]
  );
  tell("pre_inference", "tokenize", tokenizeMs, nowMs());
  for (const row of ids) checkIds(model, row);
  const longest = Math.max(...ids.map(({ length }) => length));
  roomAfter(model, longest);

  let setupMs = nowMs();
  const session = options.session ?? await openSession(model, options);
  try {
    if (options.session === undefined) tell("pre_inference", "session_open", setupMs, nowMs());
    setupMs = nowMs();
    const count = Math.min(maxNewTokens, roomAfter(model, longest, session.capacity));
    const cut = signal !== undefined && prefillChunk === undefined && !session.stopsInside
      ? await timedCut(session, longest)
      : fixedCut(await chunkLength(model, session, longest, prefillChunk));
    const padding = ids.map(({ length }) => longest - length);
    await session.resetBatch(padding, longest + count);
    tell("pre_inference", "cache_setup", setupMs, nowMs());

    const answers = ids.map((row) => ({
      stream: new TextStream(model.tokenizer, row),
      sample: createSampler(options),
      hasEnded: false,
    }));
    // Any id that the model knows pads: no token looks at it.
    let inputs = ids.map((row, at) => [...new Array<number>(padding[at]!).fill(row[0]!), ...row]);
    for (let index = 0; index < count; index++) {
      signal?.throwIfAborted();
      const phase = index === 0 ? "prefill" : "decode";
      const startMs = nowMs();
      let passMs = startMs;
      while (inputs[0]!.length > cut.length) {
        const taken = cut.length;
        await session.extend(inputs.flatMap((row) => row.slice(0, taken)), signal);
        inputs = inputs.map((row) => row.slice(taken));
        const endMs = nowMs();
        tellPass(phase, passMs, session.fedMs, endMs);
        cut.took(endMs - passMs);
        passMs = endMs;
        signal?.throwIfAborted();
      }
      const logits = await session.runBatch(inputs.flat(), signal);
      const forwardMs = nowMs();
      const { fedMs } = session;
      const chosen = answers.map(({ sample, hasEnded }, row) =>
        hasEnded ? inputs[row]!.at(-1)! : sample(logits[row]!)
      );
      const sampledMs = nowMs();
      const tokens = answers.map((answer, row) => {
        if (answer.hasEnded) return null;
        const id = chosen[row]!;
        const text = answer.stream.push(id);
        answer.hasEnded = index + 1 === count || stopIds.has(id);
        return { id, text: answer.hasEnded ? text + answer.stream.flush() : text };
      });
      const endMs = nowMs();
      tellPass(phase, passMs, fedMs, forwardMs);
      tell(phase, "sampling", forwardMs, sampledMs);
      tell(phase, "detokenize", sampledMs, endMs);
      yield { index, phase, startMs, endMs, tokens };
      if (answers.every(({ hasEnded }) => hasEnded)) return;
      inputs = chosen.map((id) => [id]);
    }
  } finally {
    if (options.session === undefined) {
      const released = session.release();
      // A pass that was stopped goes on until its operation ends; who stopped it need not wait.
      if (signal?.aborted && session.stopsInside) released.catch(() => {});
      else await released;
    }
  }
}
