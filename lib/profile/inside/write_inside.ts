import { pause } from "../../clock.ts";
import type { EnergyColumns, SpanColumns } from "../../energy/mod.ts";
import type {
  ActivationStatistics,
  ComponentMetric,
  DeepOperationMetric,
  InsideCells,
  LayerMetric,
  MetricEnergy,
  MetricSink,
} from "../../record.ts";
import { deepFigures, expertChoices } from "../activations/mod.ts";
import type { InsideTimes } from "../layers/mod.ts";
import { layerCount } from "./grid.ts";
import type { Inside, StoredColumns } from "./inside_of.ts";

/** Rows of a batch: some 50 ms of writing, after which the caller's thread may draw again. */
const BATCH_ROWS = 5000;

/** Writes the inside of the first repetition's tokens, which must be there, batch by batch. */
export async function writeInside(
  sink: Partial<MetricSink>,
  runId: string,
  { inside: { cells, deep, depth }, stored, storedLayers }: Inside,
  times: InsideTimes,
): Promise<void> {
  if (!cells) return;
  await inBatches(layerRows(storedLayers, cells), (rows) => sink.addLayerMetrics?.(runId, rows));
  await inBatches(
    componentRows(stored, cells),
    (rows) => sink.addComponentMetrics?.(runId, rows),
  );
  if (depth === "operation") {
    await inBatches(
      operationRows(storedLayers, cells, times),
      (rows) => sink.addDeepOperationMetrics?.(runId, rows),
    );
  }
  if (!deep) return;
  await inBatches(deepFigures(deep), (rows) => sink.addDeepStatistics?.(runId, rows));
  await inBatches(expertChoices(deep), (rows) => sink.addMoeExpertActivations?.(runId, rows));
}

async function inBatches<Row>(
  rows: Iterable<Row>,
  write: (batch: Row[]) => void,
): Promise<void> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    write(batch);
    batch = [];
    await pause(0);
  }
  if (batch.length > 0) write(batch);
}

function* layerRows({ columns, total }: StoredColumns, { places }: InsideCells) {
  const layers = layerCount(places);
  const width = layers + 1;
  for (let at = 0; at < columns.durationMs.length; at++) {
    const layer = at % width;
    if (layer === layers) continue;
    const row: LayerMetric = {
      tokenIndex: Math.floor(at / width),
      layer,
      durationMs: known(columns.durationMs[at]),
      ...energyAt(total, at),
    };
    yield row;
  }
}

function* componentRows({ columns, total }: StoredColumns, { places, activations }: InsideCells) {
  for (let at = 0; at < columns.durationMs.length; at++) {
    const place = places[at % places.length]!;
    const row: ComponentMetric = {
      tokenIndex: Math.floor(at / places.length),
      ...place,
      durationMs: known(columns.durationMs[at]),
      ...energyAt(total, at),
      activation: activations && activationAt(activations, at),
    };
    yield row;
  }
}

/** Operations have the energy that their token has by the ms: shares all the way down. */
function* operationRows(
  { columns, total }: { columns: SpanColumns; total: EnergyColumns },
  { places }: InsideCells,
  { operations, operationMs, durationMs, tokens }: InsideTimes,
) {
  if (!operationMs) return;
  const width = layerCount(places) + 1;
  const wholeOf = (column: Float64Array, token: number) =>
    column.subarray(token * width, (token + 1) * width).reduce((sum, value) => sum + value, 0);
  for (let token = 0; token < tokens; token++) {
    const scale = wholeOf(columns.durationMs, token) / (durationMs[token] ?? NaN);
    const mjPerMs = wholeOf(total.mj, token) / wholeOf(columns.durationMs, token);
    for (const [at, { name, opType, place }] of operations.entries()) {
      const ownMs = (operationMs[token * operations.length + at] ?? 0) * scale;
      if (!(ownMs > 0)) continue;
      const row: DeepOperationMetric = {
        tokenIndex: token,
        ...place,
        operation: name,
        opType,
        durationMs: ownMs,
        energyMj: known(ownMs * mjPerMs),
      };
      yield row;
    }
  }
}

function energyAt({ mj, lowMj, highMj }: EnergyColumns, at: number): MetricEnergy {
  return { energyMj: known(mj[at]), lowMj: known(lowMj[at]), highMj: known(highMj[at]) };
}

function activationAt(
  cells: NonNullable<InsideCells["activations"]>,
  at: number,
): ActivationStatistics | null {
  const meanAbs = known(cells.meanAbs[at]);
  if (meanAbs === null) return null;
  const { std, maxAbs, sparsity } = cells;
  return { meanAbs, std: std[at]!, maxAbs: maxAbs[at]!, sparsity: sparsity[at]! };
}

/** A column's NaN is a row's null. */
function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
