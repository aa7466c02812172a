import {
  attributeColumns,
  groupWeights,
  type SpanColumns,
  type WeightColumns,
} from "../../energy/mod.ts";
import type { ActivationStatistics, InsideCells } from "../../record.ts";
import type { ActivationColumns } from "../activations/mod.ts";
import type { InsideTimes } from "../layers/mod.ts";

/** The places of a run's inside, and what each token's time is dealt to them by. */
export interface Grid {
  /** Those that took time, then those that put something out but were fused into others. */
  places: InsideCells["places"];
  /** One row a token of the twin, one a phase, and one that is all gap. */
  weights: WeightColumns;
  /** The row of a phase, by its number in `InsideTimes.phases`. */
  phaseRow: (phase: number) => number;
  /** The row for what lies between tokens. */
  gapRow: number;
}

/** Lays out the places of both twins as one grid. */
export function gridOf(times: InsideTimes, activations: ActivationColumns | null): Grid {
  const known = new Set(times.places.map(keyOf));
  const fused = (activations?.sites ?? []).filter((site) => !known.has(keyOf(site)));
  const places = [...times.places, ...fused.map(({ layer, component }) => ({ layer, component }))];
  const gaps = places.findIndex(({ component }) => component === "gaps");
  const rows = times.tokens + times.phases.length + 1;
  const weights = new Float64Array(rows * places.length);
  const timed = times.places.length;
  for (let token = 0; token < times.tokens; token++) {
    weights.set(
      times.componentMs.subarray(token * timed, (token + 1) * timed),
      token * places.length,
    );
  }
  times.phases.forEach(({ componentMs }, phase) =>
    weights.set(componentMs, (times.tokens + phase) * places.length)
  );
  weights[(rows - 1) * places.length + gaps] = 1;
  return {
    places,
    weights: { parts: places.length, weights, restPart: gaps },
    phaseRow: (phase) => times.tokens + phase,
    gapRow: rows - 1,
  };
}

/** Deals spans to the places of a grid; `rowOf` tells which row each divides by, −1 none. */
export function deal(grid: Grid, spans: SpanColumns, rowOf: readonly number[]): SpanColumns {
  return attributeColumns(spans, { ...grid.weights, rowOf });
}

/** Which group each place of a grid belongs to. */
export interface Groups {
  groupOf: readonly number[];
  groups: number;
}

/** Deals spans to groups of places: their limits are closer than the sum of those of the places. */
export function dealToGroups(
  { weights }: Grid,
  spans: SpanColumns,
  rowOf: readonly number[],
  { groupOf, groups }: Groups,
): SpanColumns {
  return attributeColumns(spans, groupWeights({ ...weights, rowOf }, groupOf, groups));
}

/** Components, all layers together. */
export function componentGroups({ places }: Grid, names: readonly string[]): Groups {
  const groupOf = places.map(({ component }) => names.indexOf(component));
  return { groupOf, groups: names.length };
}

/** Layers, and one group more with all that is outside of them. */
export function layerGroups({ places }: Grid): Groups {
  const layers = layerCount(places);
  return { groupOf: places.map(({ layer }) => layer ?? layers), groups: layers + 1 };
}

/** What the groups of `layerGroups` are called. */
export function layerPlaces({ places }: Grid): Grid["places"] {
  const layers = layerCount(places);
  return Array.from(
    { length: layers + 1 },
    (_, at) =>
      at < layers ? { layer: at, component: "layer" } : { layer: null, component: "outside" },
  );
}

/** How many layers some places lie in. */
export function layerCount(places: Grid["places"]): number {
  return 1 + places.reduce((last, { layer }) => Math.max(last, layer ?? -1), -1);
}

/** The statistics of what each place put out, token by token. */
export function activationCells(
  { places }: Grid,
  tokens: number,
  activations: ActivationColumns,
): NonNullable<InsideCells["activations"]> {
  const column = () => new Float32Array(tokens * places.length).fill(NaN);
  const cells = { meanAbs: column(), std: column(), maxAbs: column(), sparsity: column() };
  const siteOf = new Map(activations.sites.map((site, at) => [keyOf(site), at]));
  places.forEach((place, at) => {
    const site = siteOf.get(keyOf(place));
    if (site === undefined) return;
    for (let token = 0; token < Math.min(tokens, activations.tokens); token++) {
      const from = token * activations.sites.length + site;
      for (const name of STATISTICS) {
        cells[name][token * places.length + at] = activations[name][from] ?? NaN;
      }
    }
  });
  return cells;
}

/** What is told of activations. */
export const STATISTICS = ["meanAbs", "std", "maxAbs", "sparsity"] as const satisfies readonly (
  keyof ActivationStatistics
)[];

function keyOf({ layer, component }: { layer: number | null; component: string }): string {
  return `${layer ?? ""} ${component}`;
}
