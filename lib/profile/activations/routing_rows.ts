/**
 * Whom a router chooses.
 *
 * @module
 */
import { softmax } from "./attention_rows.ts";

/** What a router said about one token or more. */
export interface RoutingSums {
  /** Positions that were routed. */
  rows: number;
  /** Σ of −Σ p ln p over all experts, before the choice. */
  entropyNats: number;
  /** Σ of the weight that each expert got. */
  weight: Float64Array;
  /** How often each expert was chosen. */
  positions: Float64Array;
}

/** Nothing routed yet. */
export function noRouting(experts: number): RoutingSums {
  return {
    rows: 0,
    entropyNats: 0,
    weight: new Float64Array(experts),
    positions: new Float64Array(experts),
  };
}

/** How a router's answer lies in the tensors of a pass. */
export interface RoutingPass {
  /** A row per position, a value per expert. */
  values: Float32Array;
  rows: "probabilities" | "logits";
  /** Experts of each position, where the graph tells them, and their weights. */
  chosen: { experts: BigInt64Array | Int32Array; weights: Float32Array | null } | null;
  /** How many are chosen, where it does not. */
  count: number;
  /** Whether the weights of those chosen are made to add up to 1. */
  normalized: boolean;
}

/** Adds a pass to the sums. */
export function addRouting(sums: RoutingSums, pass: RoutingPass): void {
  const experts = sums.weight.length;
  const positions = pass.values.length / experts;
  for (let position = 0; position < positions; position++) {
    const row = Float64Array.from(
      pass.values.subarray(position * experts, (position + 1) * experts),
    );
    if (pass.rows === "logits") softmax(row);
    for (const p of row) if (p > 0) sums.entropyNats -= p * Math.log(p);
    sums.rows++;
    const chosen = pass.chosen === null
      ? largest(row, pass.count, pass.normalized)
      : told(pass.chosen, position, positions);
    for (const [expert, weight] of chosen) {
      sums.weight[expert]! += weight;
      sums.positions[expert]! += 1;
    }
  }
}

function told(
  { experts, weights }: NonNullable<RoutingPass["chosen"]>,
  position: number,
  positions: number,
): [expert: number, weight: number][] {
  const count = experts.length / positions;
  return Array.from({ length: count }, (_, i) => {
    const at = position * count + i;
    return [Number(experts[at]!), weights?.[at] ?? NaN];
  });
}

function largest(
  row: Float64Array,
  count: number,
  normalized: boolean,
): [expert: number, weight: number][] {
  const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count);
  const sum = normalized ? order.reduce((total, expert) => total + row[expert]!, 0) : 1;
  return order.map((expert) => [expert, row[expert]! / sum]);
}
