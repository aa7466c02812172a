/** A run's columns as the rows that a database would give back. */
import type {
  ComponentMetric,
  DeepStatistic,
  LayerMetric,
  MoeExpertActivation,
  ProfilingRun,
} from "../../lib/record.ts";

/** The rows that a database would give back for a run's columns. */
export function rowsOf({ inside }: ProfilingRun): {
  layers: LayerMetric[];
  components: ComponentMetric[];
  statistics: DeepStatistic[];
  experts: MoeExpertActivation[];
} {
  const cells = inside?.cells;
  const deep = inside?.deep;
  const known = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? null : value;
  const components = Array.from(
    { length: cells?.tokens ?? 0 },
    (_, tokenIndex) =>
      (cells?.places ?? []).map(({ layer, component }, p): ComponentMetric => {
        const at = tokenIndex * cells!.places.length + p;
        const statistics = cells!.activations;
        const meanAbs = known(statistics?.meanAbs[at]);
        return {
          tokenIndex,
          repetition: 0,
          layer,
          component,
          durationMs: cells!.durationMs[at]!,
          energyMj: known(cells!.energyMj[at]),
          lowMj: known(cells!.lowMj[at]),
          highMj: known(cells!.highMj[at]),
          activation: statistics && meanAbs !== null
            ? {
              meanAbs,
              std: statistics.std[at]!,
              maxAbs: statistics.maxAbs[at]!,
              sparsity: statistics.sparsity[at]!,
            }
            : null,
        };
      }),
  ).flat();
  const byLayer = Map.groupBy(
    components.filter(({ layer }) => layer !== null),
    ({ tokenIndex, layer }) => `${tokenIndex} ${layer}`,
  );
  const sum = (rows: ComponentMetric[], name: "energyMj" | "lowMj" | "highMj" | "durationMs") =>
    rows.reduce<number | null>((total, row) => {
      const value = row[name] ?? null;
      return total === null || value === null ? null : total + value;
    }, 0);
  const layers = [...byLayer.values()].map((rows): LayerMetric => ({
    tokenIndex: rows[0]!.tokenIndex,
    repetition: 0,
    layer: rows[0]!.layer!,
    durationMs: sum(rows, "durationMs"),
    energyMj: sum(rows, "energyMj"),
    lowMj: sum(rows, "lowMj"),
    highMj: sum(rows, "highMj"),
  }));
  const statistics = (deep?.attention ?? []).flatMap(({ layer, heads, entropyNats }) =>
    [...entropyNats].map((value, i): DeepStatistic => ({
      tokenIndex: Math.floor(i / heads),
      repetition: 0,
      layer,
      statistic: "attention_entropy",
      head: i % heads,
      value,
    }))
  );
  const experts = (deep?.routing ?? []).flatMap(({ layer, experts, weight, positions }) =>
    [...positions].flatMap((chosen, i): MoeExpertActivation[] =>
      chosen > 0
        ? [{
          tokenIndex: Math.floor(i / experts),
          repetition: 0,
          layer,
          expert: i % experts,
          weight: known(weight[i]),
          positions: chosen,
        }]
        : []
    )
  );
  return { layers, components, statistics, experts };
}
