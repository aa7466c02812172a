/**
 * The statistics twin of a run: the same tokens once more, with what components put out.
 *
 * @module
 */
import { nowMs } from "../../clock.ts";
import { InputError } from "../../errors.ts";
import { openSession, type Session, type SessionOptions } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import type { ActivationColumns } from "./columns.ts";
import type { DeepColumns } from "../../record.ts";
import { fusionChanges } from "./fusion_changes.ts";
import { activationNotes } from "./notes.ts";
import { type ActivationOptions, ActivationRecorder } from "./recorder.ts";

/** Which tokens to run, and how. */
export interface TapTokensOptions extends SessionOptions, ActivationOptions {
  /** The prompt, then the tokens that were generated. */
  ids: readonly number[];
  /** How many of `ids` are the prompt. */
  promptLength: number;
  /** Asked between two passes; `true` ends it with what there is. */
  stopped?: (() => boolean) | undefined;
  /** Called after each token. */
  onProgress?: ((doneTokens: number, totalTokens: number) => void) | undefined;
}

/** What components put out while the tokens ran. */
export interface TappedTokens {
  /** Statistics by token and component. */
  activations: ActivationColumns;
  /** `null` where they were not asked for, or the runtime refuses to hand out what they need. */
  deep: DeepColumns | null;
  /** How long each token took with taps, statistics included; token 0 is the whole prompt. */
  tokenMs: Float64Array;
  /** What is missing or changed by looking, one line each. */
  notes: string[];
  /** Whether `stopped` ended it early. */
  interrupted: boolean;
}

/**
 * Runs tokens that are known through a session that shows its inside.
 *
 * Token 0 is the whole prompt, in passes that are small enough for their tensors to stay below
 * 128 MB; statistics of all its positions are one row. Token `t` is the pass that `ids` go through
 * which gave the answer's token `t`: the last of `ids` is not run, as no token came of it.
 *
 * @param model The model.
 * @param options The tokens, what to record, threads.
 * @returns Columns of statistics, and what they lack.
 * @throws {InputError} Where the model cannot be run or an option is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { activationAt, loadModel, tapTokens } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * const prompt = model.tokenizer.encode("Once upon a time");
 * const { activations } = await tapTokens(model, {
 *   ids: [...prompt, 12, 7],
 *   promptLength: prompt.length,
 * });
 * assert(activations.tokens === 2);
 * assert(activationAt(activations, 1, 0, "q_proj")!.std > 0);
 * ```
 */
export async function tapTokens(model: Model, options: TapTokensOptions): Promise<TappedTokens> {
  const { ids, promptLength, stopped = () => false } = options;
  if (!(promptLength >= 1 && promptLength <= ids.length)) {
    throw new RangeError(`Cannot run a prompt of ${promptLength} of ${ids.length} tokens`);
  }
  const total = Math.max(1, ids.length - promptLength);
  const tokenMs: number[] = [];
  let interrupted = false;
  const looking = await openTapped(model, options);
  const { recorder } = looking;
  {
    await using session = looking.session;
    for (let token = 0; token < total && !interrupted; token++) {
      const startMs = nowMs();
      if (token === 0) {
        interrupted = await prefill(session, ids.slice(0, promptLength), looking.chunk, stopped);
      } else {
        interrupted = stopped();
        if (!interrupted) await session.extend([ids[promptLength + token - 1]!]);
      }
      if (interrupted) break;
      recorder.endToken();
      tokenMs.push(nowMs() - startMs);
      options.onProgress?.(token + 1, total);
    }
  }
  const activations = recorder.activations();
  const deep = recorder.deep();
  const notes = [...looking.notes, ...activationNotes(activations, deep)];
  if (deep !== null && !interrupted) notes.push(...await changeNotes(model, recorder));
  return { activations, deep, tokenMs: Float64Array.from(tokenMs), notes, interrupted };
}

/** A session that shows its inside, and how. */
interface Looking {
  recorder: ActivationRecorder;
  session: Session;
  /** Tokens of a pass over the prompt. */
  chunk: number;
  notes: string[];
}

async function openTapped(model: Model, options: TapTokensOptions): Promise<Looking> {
  const recorder = new ActivationRecorder(model, options);
  const chunk = chunkLength(model, recorder, options.promptLength);
  await tryChunks(model, options, chunk);
  try {
    const session = await openSession(recorder.model, options, recorder.instrumentation);
    return { recorder, session, chunk, notes: [] };
  } catch (error) {
    // Some operators refuse to hand out what they compute; the modules' outputs are as good.
    if (!recorder.hasDeep || !(error instanceof InputError)) throw error;
    const less = await openTapped(model, { ...options, deep: false });
    const note = `Deep metrics are not available: ${error.message}`;
    return { ...less, notes: [note, ...less.notes] };
  }
}

/** Runs the prompt in passes of at most `chunk`, or of one where the graph takes no more at once. */
async function prefill(
  session: Session,
  prompt: readonly number[],
  chunk: number,
  stopped: () => boolean,
): Promise<boolean> {
  for (let done = 0; done < prompt.length; done += chunk) {
    if (stopped()) return true;
    await session.extend(prompt.slice(done, done + chunk));
  }
  return false;
}

// Sessions find out by trying whether a graph continues its cache with several tokens, but not those
// that are looked into.
async function tryChunks(model: Model, options: TapTokensOptions, chunk: number): Promise<void> {
  if (options.promptLength <= chunk) return;
  await using plain = await openSession(model, options);
  await plain.passLength(options.promptLength, chunk);
}

/** What the tensors of one pass may take in JavaScript. */
const PASS_BYTES = 128e6;

/** Tokens of a pass, so that its tensors stay within bounds; where sizes are not known, few. */
function chunkLength(model: Model, recorder: ActivationRecorder, promptLength: number): number {
  const { hiddenSize, intermediateSize, numHeads, vocabSize } = model.features;
  const widest = Math.max(4096, 4 * (hiddenSize ?? 4096), intermediateSize ?? 0);
  const attention = recorder.hasDeep
    ? model.architecture.numLayers * (numHeads ?? 64) * promptLength
    : 0;
  const values = recorder.instrumentation.taps.length * widest + attention + (vocabSize ?? 0);
  return Math.max(1, Math.min(512, Math.floor(PASS_BYTES / (4 * values))));
}

/** Dumping the optimised graphs writes all weights to disk, twice. */
const COMPARED_BYTES = 1e9;

async function changeNotes(model: Model, recorder: ActivationRecorder): Promise<string[]> {
  if (model.features.weightBytes > COMPARED_BYTES) {
    return ["Which operations taps keep from being fused was not looked at: the model is large"];
  }
  const changes = await fusionChanges(model, recorder);
  return changes.map(({ opType, without, withTaps }) =>
    `With taps the runtime executes ${withTaps} ${opType} instead of ${without}`
  );
}
