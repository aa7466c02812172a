import type { Interval } from "../record.ts";

/** A figure and the ends that enclose the truth; an end that nothing bounds is `null`. */
export interface Estimate {
  /** The figure. */
  value: number;
  /** The lower end. */
  low: number | null;
  /** The upper end. */
  high: number | null;
  /** Whether what was measured resolves it: see `Energy`. */
  resolved: boolean;
}

/** An energy as an estimate, in mJ; `null` where it was not measured. */
export function estimateOf(energy: Interval & { resolved: boolean }): Estimate | null {
  const { mj, lowMj, highMj, resolved } = energy;
  return mj === null ? null : { value: mj, low: lowMj, high: highMj, resolved };
}

/** An estimate times a number, 0 or more, that is known exactly; `null` if either is not known. */
export function times(estimate: Estimate | null, factor: number | null): Estimate | null {
  if (estimate === null || factor === null || !Number.isFinite(factor)) return null;
  const { value, low, high, resolved } = estimate;
  const scaled = (end: number | null) => end === null ? null : end * factor;
  return { value: value * factor, low: scaled(low), high: scaled(high), resolved };
}

/** An estimate divided by a count or a time; `null` where there is nothing to divide by. */
export function per(estimate: Estimate | null, divisor: number | null): Estimate | null {
  return divisor === null || divisor <= 0 ? null : times(estimate, 1 / divisor);
}

/** A number divided by an estimate: tokens by joules. Unbounded where the estimate may be 0. */
export function inverse(estimate: Estimate | null): Estimate | null {
  return quotient({ value: 1, low: 1, high: 1, resolved: true }, estimate);
}

/**
 * One estimate divided by another, with the ends that both together allow; wider than need be where
 * the two err alike.
 */
export function quotient(above: Estimate | null, below: Estimate | null): Estimate | null {
  if (above === null || below === null || below.value <= 0) return null;
  const isPositive = below.low !== null && below.low > 0 && below.high !== null;
  const divided = (end: number | null, most: typeof Math.max) =>
    end === null || !isPositive ? null : most(end / below.low!, end / below.high!);
  return {
    value: above.value / below.value,
    low: divided(above.low, Math.min),
    high: divided(above.high, Math.max),
    resolved: above.resolved && below.resolved,
  };
}
