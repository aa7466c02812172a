/**
 * What can run a model: an engine opens sessions, a session does one forward pass at a time.
 *
 * @module
 */
import type { Model } from "../model/mod.ts";
import type { ProviderName } from "./providers.ts";

/** What passes are run through: the published binding, or the same library called directly. */
export type EngineName = "ort-node" | "ort-ffi";

/** How a session runs. */
export interface SessionOptions {
  /** Threads of one operation; default: the runtime's own choice, one per physical core. */
  threads?: number | undefined;
  /** Whether idle threads spin instead of sleep, which costs energy and saves wake-up time. */
  spin?: boolean | undefined;
  /** Default: `DEFAULT_ENGINE`. Where the library cannot be called directly, `ort-node` takes over. */
  engine?: EngineName | undefined;
  /** What the graph is executed on; default `cpu`. */
  provider?: ProviderName | undefined;
  /** The provider's own options, as ONNX Runtime names them, such as `{ ModelFormat: "MLProgram" }`. */
  providerOptions?: Readonly<Record<string, string>> | undefined;
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
   * caller's to keep; it is not written again. `signal` ends it between two passes, with `ort-ffi`
   * also inside one; the cache is then as after the last whole pass.
   */
  run(ids: readonly number[] | Int32Array, signal?: AbortSignal): Promise<Float32Array>;
  /** Appends ids as `run` does, without copying any logits: for all but the last part of a prompt. */
  extend(ids: readonly number[] | Int32Array, signal?: AbortSignal): Promise<void>;
  /** Whether a signal ends a pass that is under way; else it is seen between passes only. */
  readonly stopsInside?: boolean;
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

/** A session as `openSession()` returns it: it says what it runs on, and takes batches. */
export interface OpenedSession extends Session {
  /** What runs its passes. */
  readonly engine: EngineName;
  /** Why it is not the engine that was asked for; `null` where it is. */
  readonly engineNote: string | null;
  /** What executes the graph. */
  readonly provider: ProviderName;
  /** Whether an abort ends a pass that is under way; otherwise it acts between two passes. */
  readonly stopsInside: boolean;
  /**
   * Forgets the cache and begins a batch, in which all sequences end together: `padding` holds for
   * each of them how many of its first places are empty. `InputError` where the graph cannot, which
   * is tried once for a model.
   */
  resetBatch(padding: readonly number[], room?: number): Promise<void>;
  /**
   * Appends as many ids to every sequence of the batch, those of one after those of the other, and
   * returns the logits after the last of each.
   */
  runBatch(
    ids: readonly number[] | Int32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
}

/** A runtime that opens sessions. */
export interface Engine {
  /** What it is called. */
  readonly name: EngineName;
  /** Execution providers that its library holds, by our names. */
  providers(): string[];
  /** Opens the model's file; `InputError` where the runtime cannot load or drive it. */
  openSession(
    model: Model,
    options: SessionOptions,
    instrumentation?: Instrumentation,
  ): Promise<OpenedSession>;
}
