/**
 * What rows of attention weights say.
 *
 * @module
 */

/** Sums over the rows of one head. */
export interface HeadSums {
  rows: number;
  /** Σ of −Σ p ln p. */
  entropyNats: number;
  /** Σ of the largest weight of each row. */
  largestWeight: number;
  /** Weights below the threshold, among those that the row may look at. */
  below: number;
  /** Weights that rows may look at. */
  visible: number;
}

/** No rows. */
export function noRows(): HeadSums {
  return { rows: 0, entropyNats: 0, largestWeight: 0, below: 0, visible: 0 };
}

/** How the weights of a pass lie in its tensor. */
export interface AttentionPass {
  /** Rows of all heads, head after head. */
  data: Float32Array;
  /** Weights of a row. */
  width: number;
  heads: number;
  /** Positions before the first row's own. */
  past: number;
  /** Whether rows are weights, or scores that a softmax turns into weights. */
  rows: "weights" | "scores";
}

/** Adds a pass to the sums of the heads. */
export function addAttention(sums: HeadSums[], pass: AttentionPass, sparsityBelow: number): void {
  const { data, width, heads, past } = pass;
  const queries = data.length / width / heads;
  const weights = new Float64Array(width);
  for (let head = 0; head < heads; head++) {
    const sum = sums[head]!;
    for (let query = 0; query < queries; query++) {
      const start = (head * queries + query) * width;
      for (let i = 0; i < width; i++) weights[i] = data[start + i]!;
      if (pass.rows === "scores") softmax(weights);
      // Nobody looks at what comes later: those zeros are the mask's, not the head's.
      const visible = Math.min(width, past + query + 1);
      let entropy = 0;
      let largest = 0;
      let below = 0;
      let total = 0;
      for (let i = 0; i < width; i++) {
        const weight = weights[i]!;
        total += weight;
        if (weight > 0) entropy -= weight * Math.log(weight);
        if (weight > largest) largest = weight;
        if (i < visible && weight < sparsityBelow) below++;
      }
      if (!Number.isFinite(total)) continue; // such a row says nothing
      sum.rows++;
      sum.entropyNats += entropy;
      sum.largestWeight += largest;
      sum.below += below;
      sum.visible += visible;
    }
  }
}

/** Turns scores into weights that add up to 1, in place. */
export function softmax(values: Float64Array): void {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - largest);
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
}
