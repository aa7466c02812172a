/**
 * The seam to activation statistics: what a profiled session hands out of its inside, and where
 * `LayerProfiler` finds what was made of it.
 *
 * @module
 */
import type { Instrumentation } from "../../inference/mod.ts";
import type { ComponentPlace, Model } from "../../model/mod.ts";
import type { ActivationStatistics } from "../../record.ts";

/** Takes statistics of what modules put out, in one answer. */
export interface ActivationTaker {
  /**
   * What the session must show, and the model by whose path the runtime finds the weights; `onTaps`
   * is called after each pass that belongs to a token.
   */
  readonly shown: Pick<Instrumentation, "modelBytes" | "taps" | "onTaps"> & { model?: Model };
  /** All passes since the last call belong to the token `index`. */
  endToken(index: number): void;
  /** The statistics of a component's output in a token; `null` where it has no tensor. */
  statisticsOf(tokenIndex: number, place: ComponentPlace): ActivationStatistics | null;
}

/** Prepares the statistics of one answer. */
export type OpenActivationTaker = (
  model: Model,
  options: { deep: boolean },
) => Promise<ActivationTaker>;
