/**
 * From mJ per token to a step of the theme's ramp.
 *
 * @module
 */
import type { GroupView } from "./token_views.ts";
import { valueRamp } from "./value_ramp.ts";

/** A ramp over the energies per token of the decode groups. */
export interface Ramp {
  lowMj: number;
  highMj: number;
  /** 0 to 7; `null` for what has no place on the ramp: not measured, faded, or the prefill. */
  stepOf(group: GroupView): number | null;
}

/**
 * The ramp's ends lie half a typical interval beyond the values, so that two groups differ in
 * colour as much as they are known to differ; stretched to the values alone, noise would be vivid.
 * The prefill has no place on it: its energy stands for the whole prompt.
 */
export function tokenRamp(groups: readonly GroupView[]): Ramp | null {
  const known = groups.filter((group) => group.phase === "decode" && group.mjPerToken !== null);
  const values = known.map((group) => group.mjPerToken ?? 0);
  if (values.length === 0) return null;
  const halves = known.map(({ lowMj, highMj }) =>
    lowMj === null || highMj === null ? 0 : (highMj - lowMj) / 2
  ).sort((a, b) => a - b);
  const air = halves[Math.floor(halves.length / 2)] ?? 0;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const floor = least >= 0 ? 0 : -Infinity;
  const ramp = valueRamp(Math.max(floor, least - air), most + air);
  const stepOf = (group: GroupView) =>
    group.phase === "prefill" || group.mjPerToken === null || group.faded
      ? null
      : ramp.stepOf(group.mjPerToken);
  return { lowMj: ramp.low, highMj: ramp.high, stepOf };
}
