import type { Instrumentation, SessionOptions } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";

/** Events in one profile; at 2.6 KB each they take the runtime about 160 MB. */
export const CHUNK_EVENTS = 60_000;

/** What a profiled session hands out of its inside. */
export interface Shown {
  /** The model by whose path the runtime finds the weights. */
  model: Model;
  /** Its bytes and the outputs that are fetched; `onTaps` is called for passes that count. */
  instrumentation: Pick<Instrumentation, "modelBytes" | "taps" | "onTaps">;
  /** Tokens whose tensors may be handed out at once. */
  mostTokens: number;
}

/** How to open a profiled session. */
export interface ProfiledOptions extends SessionOptions {
  /** How far the runtime may change the graph; default `"all"`. */
  optimization?: Instrumentation["optimization"];
  /** Tensors that it hands out, and the bytes of the model that has them as outputs. */
  shown?: Shown | undefined;
  /** Events in one profile; default `CHUNK_EVENTS`. */
  chunkEvents?: number | undefined;
}
