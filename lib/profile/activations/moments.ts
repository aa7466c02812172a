/**
 * Mean, spread and extremes of numbers that arrive in parts.
 *
 * @module
 */
import type { ActivationStatistics } from "../../record.ts";

/** |x| below this counts as zero, unless told otherwise. */
export const SPARSITY_BELOW = 1e-4;

/**
 * Statistics of what one component put out for one token. Parts that are added one after the other
 * give what all of them give at once. NaN and infinities are counted and otherwise left out.
 */
export class Moments {
  /** Finite values so far. */
  count = 0;
  /** NaN and infinities so far. */
  nonFinite = 0;
  #below = 0;
  #sumAbs = 0;
  #mean = 0;
  #maxAbs = 0;
  // Σ (x − mean)²
  #squares = 0;

  /** Adds all of `data`; `threshold` is what |x| must be under to count as zero. */
  add(data: Float32Array, threshold: number = SPARSITY_BELOW): void {
    let sum = 0;
    let sumAbs = 0;
    let maxAbs = 0;
    let below = 0;
    for (let i = 0; i < data.length; i++) {
      const x = data[i]!;
      const size = Math.abs(x);
      sum += x;
      sumAbs += size;
      if (size > maxAbs) maxAbs = size;
      if (size < threshold) below++;
    }
    // fp32 values cannot overflow a sum in fp64: one that is not finite was there before.
    if (!Number.isFinite(sumAbs)) {
      const finite = data.filter((x) => Number.isFinite(x));
      this.nonFinite += data.length - finite.length;
      return this.add(finite, threshold);
    }
    if (data.length === 0) return;
    // A second pass over the part: sums of squares lose the variance of values far from zero.
    const mean = sum / data.length;
    let squares = 0;
    for (let i = 0; i < data.length; i++) {
      const distance = data[i]! - mean;
      squares += distance * distance;
    }
    this.#merge(data.length, mean, squares);
    this.#sumAbs += sumAbs;
    this.#below += below;
    if (maxAbs > this.#maxAbs) this.#maxAbs = maxAbs;
  }

  /** Statistics of all that was added; `null` where nothing finite was. */
  statistics(): ActivationStatistics | null {
    if (this.count === 0) return null;
    return {
      meanAbs: this.#sumAbs / this.count,
      std: Math.sqrt(this.#squares / this.count),
      maxAbs: this.#maxAbs,
      sparsity: this.#below / this.count,
    };
  }

  /** Forgets everything. */
  clear(): void {
    this.count = this.nonFinite = this.#below = 0;
    this.#sumAbs =
      this.#mean =
      this.#maxAbs =
      this.#squares =
        0;
  }

  // Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
  // 1979.
  #merge(count: number, mean: number, squares: number): void {
    const total = this.count + count;
    const delta = mean - this.#mean;
    this.#squares += squares + delta * delta * (this.count * count / total);
    this.#mean += delta * (count / total);
    this.count = total;
  }
}
