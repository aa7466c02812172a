/** The store's own side: what `profile()` writes of a run's inside. @module */
import type { ComponentMetric } from "../../../lib/record.ts";
import { ProfileDatabase } from "../../../lib/store/mod.ts";
import { COMPONENTS, componentsOf, fill } from "./rows.ts";

const TOKENS = 500;
const LAYERS = 16;

/** Component rows a second, in batches of ten tokens, as half a second of decoding gives. */
export function storeRate(path: string): number {
  using database = ProfileDatabase.open(path);
  const runId = fill(database, TOKENS);
  const batches: ComponentMetric[][] = [];
  for (let first = 0; first < TOKENS; first += 10) {
    batches.push(componentsOf(first, 10, LAYERS));
  }
  // The bare loop's layers are there before its clock starts, too.
  for (const batch of batches) {
    database.addLayerMetrics(
      runId,
      batch.filter(({ component }) => component === COMPONENTS[0])
        .map(({ tokenIndex, layer }) => ({ tokenIndex, layer: layer!, durationMs: 1 })),
    );
  }
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
  const startMs = performance.now();
  for (const batch of batches) database.addComponentMetrics(runId, batch);
  return rows / (performance.now() - startMs) * 1000;
}
