/**
 * The deep metrics of many tokens as rows, and what they tell together.
 *
 * @module
 */
import type {
  DeepColumns,
  DeepStatistic,
  MoeExpertActivation,
  RoutingColumns,
} from "../../record.ts";

/** All figures that were taken, token after token within each metric. */
export function* deepFigures(columns: DeepColumns): Generator<DeepStatistic> {
  for (const { layer, heads, entropyNats, largestWeight, sparsity } of columns.attention) {
    for (let at = 0; at < entropyNats.length; at++) {
      const place = { tokenIndex: Math.floor(at / heads), layer, head: at % heads };
      yield* figure({ ...place, statistic: "attention_entropy", value: entropyNats[at]! });
      yield* figure({ ...place, statistic: "attention_largest_weight", value: largestWeight[at]! });
      yield* figure({ ...place, statistic: "attention_sparsity", value: sparsity[at]! });
    }
  }
  const head = null;
  for (const { layer, killRatio } of columns.gates) {
    for (const [tokenIndex, value] of killRatio.entries()) {
      yield* figure({ tokenIndex, layer, head, statistic: "mlp_kill_ratio", value });
    }
  }
  for (const norm of columns.norms) {
    const statistic = `${norm.component}_variance_ratio`;
    for (const [tokenIndex, input] of norm.inputVariance.entries()) {
      const value = input / norm.outputVariance[tokenIndex]!;
      yield* figure({ tokenIndex, layer: norm.layer, head, statistic, value });
    }
  }
  for (const { layer, entropyNats } of columns.routing) {
    for (const [tokenIndex, value] of entropyNats.entries()) {
      yield* figure({ tokenIndex, layer, head, statistic: "routing_entropy", value });
    }
  }
}

function* figure(one: DeepStatistic): Generator<DeepStatistic> {
  if (Number.isFinite(one.value)) yield one;
}

/** All experts that were chosen. */
export function* expertChoices(
  columns: DeepColumns,
): Generator<MoeExpertActivation & { positions: number }> {
  for (const { layer, experts, weight, positions } of columns.routing) {
    for (let at = 0; at < positions.length; at++) {
      const chosen = positions[at]!;
      if (!(chosen > 0)) continue;
      yield {
        tokenIndex: Math.floor(at / experts),
        layer,
        expert: at % experts,
        weight: Number.isFinite(weight[at]!) ? weight[at]! : null,
        positions: chosen,
      };
    }
  }
}

/**
 * How evenly a layer's experts are used over all tokens: the entropy of their shares ÷ its largest
 * possible value. 1: all alike; 0: always the same one; `null` where that cannot be told.
 */
export function loadBalance({ experts, positions }: RoutingColumns): number | null {
  const load = new Float64Array(experts);
  let total = 0;
  for (const [at, count] of positions.entries()) {
    if (!(count > 0)) continue;
    load[at % experts]! += count;
    total += count;
  }
  if (experts < 2 || total === 0) return null;
  let entropy = 0;
  for (const count of load) if (count > 0) entropy -= count / total * Math.log(count / total);
  return entropy / Math.log(experts);
}
