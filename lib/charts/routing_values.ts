/**
 * How often each expert was chosen, from the columns of a run or from the rows of a database.
 *
 * @module
 */
import type { DeepColumns, MoeExpertActivation } from "../record.ts";
import { firstRepetition } from "./inside_rows.ts";

/** A layer's experts, over all tokens of the prompt and the answer. */
export interface RoutingValues {
  /** Counted from 0. */
  layer: number;
  /** Positions that chose the expert. */
  positions: number[];
  /** Sum of the router's weights; NaN where only the choice is known. */
  weights: number[];
}

/** The layers whose routing could be seen; layers from a database have as many experts as were seen in any. */
export function routingValues(
  deep: DeepColumns | null,
  rows: readonly MoeExpertActivation[] | undefined,
): RoutingValues[] {
  if (deep) {
    return deep.routing.filter(({ experts }) => experts > 0).map((layer) => {
      const sum = (column: Float32Array, expert: number) => {
        let total = 0;
        for (let at = expert; at < column.length; at += layer.experts) total += column[at] ?? 0;
        return total;
      };
      const experts = Array.from({ length: layer.experts }, (_, expert) => expert);
      return {
        layer: layer.layer,
        positions: experts.map((expert) => sum(layer.positions, expert)),
        weights: experts.map((expert) => sum(layer.weight, expert)),
      };
    });
  }
  const chosen = firstRepetition(rows);
  const experts = 1 + chosen.reduce((most, { expert }) => Math.max(most, expert), -1);
  return [...Map.groupBy(chosen, ({ layer }) => layer)].sort(([a], [b]) => a - b)
    .map(([layer, own]) => {
      const positions = new Array<number>(experts).fill(0);
      const weights = new Array<number>(experts).fill(0);
      for (const { expert, weight, positions: count = 1 } of own) {
        positions[expert]! += count;
        weights[expert]! += weight ?? NaN;
      }
      return { layer, positions, weights };
    });
}

/** How evenly experts are used: 1 all alike, 0 always the same one. */
export function evenness(positions: readonly number[]): number {
  const total = positions.reduce((a, b) => a + b, 0);
  if (total === 0 || positions.length < 2) return 1;
  const entropy = positions.reduce((sum, count) => {
    const share = count / total;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return entropy / Math.log(positions.length);
}
