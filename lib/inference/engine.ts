/**
 * What can run a model: an engine opens sessions, a session does one forward pass at a time.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Model } from "../model/mod.ts";

/** How a session runs. */
export interface SessionOptions {
  /** Threads of one operation; default: the runtime's own choice, one per physical core. */
  threads?: number | undefined;
  /** Whether idle threads spin instead of sleep, which costs energy and saves wake-up time. */
  spin?: boolean | undefined;
}

/** What a session shows of its inside. It costs time, so a session that is measured has none. */
export interface Instrumentation {
  /**
   * The runtime times every operation and writes `<profilePrefix>_<local time>.json` when profiling
   * ends. The folder must exist: where it does not, nothing is written and nothing said.
   */
  profilePrefix?: string | undefined;
  /** The runtime writes the graph that it executes to this path, its weights beside it. */
  optimizedGraphPath?: string | undefined;
  /** How far the runtime may change the graph; default: `"all"`, as in a session that is measured. */
  optimization?: "disabled" | "basic" | "extended" | "all" | undefined;
  /** Loaded in place of the model file, whose folder still holds the external data. */
  modelBytes?: Uint8Array | undefined;
  /** Outputs of the graph, beside logits and cache, that every pass hands to `onTaps`. */
  taps?: readonly string[] | undefined;
  /** Called after each pass with the tensors of `taps`; they are not kept. */
  onTaps?: ((tensors: ReadonlyMap<string, TappedTensor>) => void) | undefined;
}

/** A tensor from inside a forward pass. */
export interface TappedTensor {
  /** Half floats are widened. */
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
  /** Its shape. */
  dims: readonly number[];
}

/** A place in a text that a session can go back to, again and again, until it is disposed. */
export interface SessionMark extends Disposable {
  /** Tokens in the KV cache there. */
  readonly pastLength: number;
  /** What holding its cache takes, beside the session's own. */
  readonly bytes: number;
  /** Goes back to it: the next pass continues from there. Copies nothing. */
  rewind(): void;
}

/** A loaded model with its KV cache. One pass at a time; release it when done. */
export interface Session extends AsyncDisposable {
  /**
   * Appends ids to what was run so far and returns the logits after the last of them.
   *
   * Where the graph cannot take them all at once, they are run in several passes. The array is the
   * caller's to keep; it is not written again.
   */
  run(ids: readonly number[] | Int32Array): Promise<Float32Array>;
  /** Appends ids as `run` does, without copying any logits: for all but the last part of a prompt. */
  extend(ids: readonly number[] | Int32Array): Promise<void>;
  /** Tokens in the KV cache. */
  readonly pastLength: number;
  /**
   * Tokens of a pass, at most `chunk` where that leaves the answer as it is: else all of the prompt,
   * or 1 where the graph takes no more. Whether a graph continues its cache with several tokens is
   * tried once for a model, with a few tokens, when a prompt longer than `chunk` comes first.
   */
  passLength(promptLength: number, chunk: number): Promise<number>;
  /** Tokens that the cache can hold at most; `null` where the graph sets no limit. */
  readonly capacity: number | null;
  /** When the inputs of the latest pass were made and the runtime took over, on `nowMs()`'s clock. */
  readonly fedMs: number;
  /**
   * Forgets the KV cache. `room` is how many tokens a cache of fixed length is made for where the
   * graph leaves that open; default: the model's context, at most 2,048.
   */
  reset(room?: number): void;
  /**
   * Holds on to the cache as it is now, so that a step can be run again: with the same past it is a
   * pure function. An engine whose passes make new values and leave those alone that they were given
   * has nothing to do for it (`Runner.run()` promises that); one that writes into the cache must keep
   * a copy. Absent where a session cannot go back.
   */
  mark?(): SessionMark;
  /** Writes the profile, where there is one; later passes are not in it. */
  endProfiling(): void;
  /** Frees the model; a released session cannot run. */
  release(): Promise<void>;
}

/** A runtime that opens sessions. */
export interface Engine {
  /** `"ort-node"`. */
  readonly name: string;
  /** Opens the model's file; `InputError` where the runtime cannot load or drive it. */
  openSession(
    model: Model,
    options: SessionOptions,
    instrumentation?: Instrumentation,
  ): Promise<Session>;
}

/**
 * Loads a model into ONNX Runtime (`onnxruntime-node`, CPU), which is imported here and not before.
 *
 * @param model The model to load.
 * @param options Threads and spinning.
 * @param instrumentation What to show of the inside; default: nothing.
 * @returns A session with an empty cache.
 * @throws {InputError} Where the runtime cannot load the model or its inputs are of no known kind.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel, openSession } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * await using session = await openSession(model, { threads: 1 });
 * const logits = await session.run(model.tokenizer.encode("Once upon a time"));
 * assert(logits.length === 1024 && session.pastLength === 5);
 * ```
 */
export async function openSession(
  model: Model,
  options: SessionOptions = {},
  instrumentation?: Instrumentation,
): Promise<Session> {
  const { threads } = options;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new InputError(`Cannot run with ${threads} threads`, {
      remedy: "use a whole number of at least 1, or leave it out",
    });
  }
  const { ortNode } = await import("./ort_node.ts");
  return await ortNode.openSession(model, options, instrumentation);
}
