import {
  columnsOf,
  type EnergyColumns,
  type Ensemble,
  gatherColumns,
  type Reading,
  type SpanColumns,
  totalColumns,
  withRest,
} from "../../energy/mod.ts";
import type { Depth, RunInside, TwinCost } from "../../record.ts";
import type { Explained } from "../explain.ts";
import {
  activationCells,
  componentGroups,
  deal,
  dealToGroups,
  gridOf,
  layerGroups,
  layerPlaces,
} from "./grid.ts";
import { operationsOf, partsOf } from "./parts.ts";

/** The spans that were measured and whose inside is told. */
export interface MeanSpans {
  /** Token by token: of one mean repetition. */
  tokens: readonly Ensemble[];
  /** Token by token: of the first repetition, whose rows are stored. */
  firstTokens: readonly Ensemble[];
  /** Of one mean repetition; `undefined` where there was none. */
  phase(name: "prefill" | "decode"): Ensemble | undefined;
}

/** Tokens of the first repetition × parts. */
export interface StoredColumns {
  columns: SpanColumns;
  total: EnergyColumns;
}

/** The inside of a mean repetition, and of the tokens that a database holds. */
export interface Inside {
  /** What a run tells. */
  inside: RunInside;
  /** Tokens × places of the grid. */
  stored: StoredColumns;
  /** Tokens × layers. */
  storedLayers: StoredColumns;
}

/** Gives the parts of tokens their share of what was measured. */
export function insideOf(
  { times, tapped }: Explained,
  { tokens, firstTokens, phase }: MeanSpans,
  depth: Exclude<Depth, "token">,
  reading: Reading,
): Inside {
  const activations = tapped?.activations ?? null;
  const grid = gridOf(times, activations);
  const phases = times.phases.flatMap((of) => {
    const ensemble = phase(of.phase);
    return ensemble ? [{ ...of, ensemble }] : [];
  });
  const wholes = columnsOf(phases.map(({ ensemble }) => ensemble));
  const phaseOf = (token: number) =>
    phases.findIndex((of) => of.phase === (token === 0 ? "prefill" : "decode"));
  // A token that the twin did not come to is divided as its phase is.
  const rowOf = (token: number) => {
    if (token < times.tokens) return token;
    return phaseOf(token) === -1 ? -1 : grid.phaseRow(phaseOf(token));
  };
  const wholeOf = tokens.map((_, token) => phaseOf(token));
  const spans = withRest(columnsOf(tokens), wholes, wholeOf);
  const rows = [...wholeOf.keys().map(rowOf), ...phases.map(() => grid.gapRow)];
  const gather = (cells: SpanColumns) =>
    gatherColumns(cells, wholes, [...wholeOf, ...phases.keys()]);
  const cells = deal(grid, spans, rows);
  const byPhase = gather(cells);
  const total = totalColumns(cells, reading);
  const names = [...new Set(grid.places.map(({ component }) => component))];
  const byComponent = gather(dealToGroups(grid, spans, rows, componentGroups(grid, names)));
  const byLayer = gather(dealToGroups(grid, spans, rows, layerGroups(grid)));
  const inTokens = tokens.length * grid.places.length;
  const measured = activations && activationCells(grid, tokens.length, activations);
  const firstRows = [...firstTokens.keys().map(rowOf)];
  const readable = (columns: SpanColumns) => ({ columns, total: totalColumns(columns, reading) });
  return {
    inside: {
      depth,
      parts: partsOf(phases, grid.places, byPhase, reading, measured),
      components: partsOf(
        phases,
        names.map((component) => ({ layer: null, component })),
        byComponent,
        reading,
        null,
      ),
      layers: partsOf(phases, layerPlaces(grid), byLayer, reading, null)
        .filter(({ layer }) => layer !== null),
      operations: depth === "operation"
        ? operationsOf(phases, times.operations, grid, byPhase, reading)
        : [],
      twins: phases.map((of) => costOf(of, tapped?.tokenMs ?? null, tokens)),
      unsureRanks: phases.flatMap(({ rankingChanges }) => rankingChanges),
      notes: [...times.warnings, ...tapped?.notes ?? []],
      cells: {
        places: grid.places,
        tokens: tokens.length,
        durationMs: cells.durationMs.slice(0, inTokens),
        energyMj: total.mj.slice(0, inTokens),
        lowMj: total.lowMj.slice(0, inTokens),
        highMj: total.highMj.slice(0, inTokens),
        activations: measured,
      },
      deep: tapped?.deep ?? null,
    },
    stored: readable(deal(grid, columnsOf(firstTokens), firstRows)),
    storedLayers: readable(
      dealToGroups(grid, columnsOf(firstTokens), firstRows, layerGroups(grid)),
    ),
  };
}

function costOf(
  { phase, overhead, floorUs, coverage }: Explained["times"]["phases"][number],
  tappedMs: Float64Array | null,
  tokens: readonly Ensemble[],
): TwinCost {
  const [from, to] = phase === "prefill" ? [0, 1] : [1, tappedMs?.length ?? 0];
  const tapped = tappedMs?.slice(from, to) ?? new Float64Array(0);
  const cleanMs = tokens.slice(from, from + tapped.length)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    phase,
    timing: overhead,
    activations: cleanMs > 0 ? tapped.reduce((sum, ms) => sum + ms, 0) / cleanMs : null,
    floorUs,
    coverage,
  };
}
