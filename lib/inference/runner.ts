/**
 * What an engine must be able to do: one forward pass, with a cache that only it can read.
 *
 * @module
 */
import type { TensorDescription } from "./cache_slots.ts";
import type { TappedTensor } from "./engine.ts";
import type { HostTensor } from "./host_tensor.ts";

/** A part of the cache, wherever the runtime keeps it. */
export interface Kept {
  readonly dims: readonly number[];
}

/** One forward pass. */
export interface Pass {
  /** Inputs that are made anew. */
  feeds: readonly (readonly [name: string, tensor: HostTensor])[];
  /** The cache, in the order of the runner's slots. */
  cache: readonly Kept[];
  /** Of how many sequences the last row of logits is wanted; 0: none are. */
  rows: number;
  /** Ends the pass, where the runtime can. */
  signal: AbortSignal | undefined;
}

/** What came out of a pass. */
export interface PassResult {
  /** Of each sequence the scores after its last token. */
  logits: Float32Array[];
  /** The cache, now the caller's. */
  cache: Kept[];
  /** Tensors from inside; empty where none are tapped. */
  taps: ReadonlyMap<string, TappedTensor>;
}

/** Which of a graph's values are what. */
export interface Wiring {
  logits: string;
  slots: readonly { input: string; output: string }[];
  taps: readonly string[];
}

/** A loaded graph. */
export interface Runner {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** Says what the graph's values are; called once, before the first pass. */
  wire(wiring: Wiring): void;
  /** Takes a tensor in as a part of the cache. */
  keep(tensor: HostTensor): Kept;
  /** Lets go of parts of the cache, each of which is handed in once. */
  drop(cache: readonly Kept[]): void;
  /**
   * Runs a pass. The cache that goes in stays the caller's, also when it fails, and is not written
   * to: it may be run again (`Session.mark()`). Throws the reason of `signal` where that ended it.
   */
  run(pass: Pass): Promise<PassResult>;
  /** Writes the profile, where there is one. */
  endProfiling(): void;
  /** Frees the graph. A second call does nothing. */
  release(): Promise<void>;
}
