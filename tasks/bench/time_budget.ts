import { nowMs } from "@tokenwatt/tokenwatt";

/**
 * Deals the time of the whole benchmark out among its measures, by their weights: what one leaves is
 * shared by those after it, and who takes longer takes it from them.
 */
export class TimeBudget {
  readonly #endMs: number;
  #weight: number;

  /** Begins now. */
  constructor(durationMs: number, totalWeight: number, readonly clock: () => number = nowMs) {
    this.#endMs = clock() + durationMs;
    this.#weight = totalWeight;
  }

  /** When the next measure is to end, in epoch ms. */
  next(weight: number): number {
    const now = this.clock();
    const shareMs = Math.max(0, this.#endMs - now) * weight / Math.max(weight, this.#weight);
    this.#weight -= weight;
    return now + shareMs;
  }
}
