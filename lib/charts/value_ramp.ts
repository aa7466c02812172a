/**
 * From a value to a step of the theme's ramp.
 *
 * @module
 */
import { scaleLinear } from "./d3.ts";
import { RAMP_STEPS } from "./theme.ts";

/** A ramp between two round values. */
export interface ValueRamp {
  low: number;
  high: number;
  /** 0 to 7; values beyond the ends get the step of the end. */
  stepOf(value: number): number;
}

/** A ramp that covers `least` to `most`, with round ends. */
export function valueRamp(least: number, most: number): ValueRamp {
  // A single value is seen against zero.
  const domain = least === most ? [Math.min(0, least), Math.max(0, most) || 1] : [least, most];
  const [low = 0, high = 1] = scaleLinear().domain(domain).nice(RAMP_STEPS).domain();
  const stepOf = (value: number) => {
    const step = Math.floor((value - low) / (high - low) * RAMP_STEPS);
    return Math.max(0, Math.min(RAMP_STEPS - 1, step));
  };
  return { low, high, stepOf };
}

/** Of more values than this, the farthest hundredth on both sides does not stretch the ramp. */
const MANY = 200;

/** A ramp over some values, and whether others lie beyond its ends. */
export interface ClippedRamp extends ValueRamp {
  isLowClipped: boolean;
  isHighClipped: boolean;
}

/** A ramp over values; `null` without one. */
export function rampOver(values: readonly number[]): ClippedRamp | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const cut = sorted.length > MANY ? Math.floor(sorted.length / 100) : 0;
  const ramp = valueRamp(sorted[cut]!, sorted.at(-1 - cut)!);
  return {
    ...ramp,
    isLowClipped: sorted[0]! < ramp.low,
    isHighClipped: sorted.at(-1)! > ramp.high,
  };
}
