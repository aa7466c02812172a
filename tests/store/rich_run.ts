import { gzipSync } from "node:zlib";
import type { ProfileDatabase } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf } from "./scene.ts";

/** Stores a run that has rows in every table, and returns its id. */
export function storeRichRun(database: ProfileDatabase, prompt = "Once upon a time"): string {
  const run = { ...sampleRun({ tokens: 6 }), prompt };
  const runId = database.createRun(headerOf(run, {
    tags: ["rich", 'a "tag", odd'],
    experiment: "exports",
    details: { engine: "ort-node", batchSize: 1, model: { parametersByPart: { mlp: 5 } } },
  }));
  const arrivalsMs = run.trace.samples.map(({ endMs }) => endMs + 3);
  const gzip = gzipSync(JSON.stringify(run.trace.samples));
  database.addRawPower(runId, { format: "json", arrivalsMs, gzip: new Uint8Array(gzip) });
  database.addTokens(runId, run.trace.tokens);
  for (const { startMs, endMs, repetition, phase } of run.trace.tokens) {
    const middleMs = (startMs + endMs) / 2;
    database.addPipelineSection(runId, [
      { repetition, phase, name: "forward", startMs, endMs: middleMs },
      { repetition, phase, name: "sampling", startMs: middleMs, endMs },
    ]);
  }
  const at = { repetition: 0, tokenIndex: 2 };
  const layers = [0, 1, 2];
  database.addLayerMetrics(
    runId,
    layers.map((layer) => ({ ...at, layer, durationMs: 3, energyMj: 2.5, lowMj: 1, highMj: 4 })),
  );
  const activation = { meanAbs: 1 / 3, std: 0.5, maxAbs: 7, sparsity: 0.125 };
  database.addComponentMetrics(
    runId,
    layers.flatMap((layer) => [
      { ...at, layer, component: "q_proj", durationMs: 1, energyMj: 0.5, activation },
      { ...at, layer, component: "up_proj", durationMs: 2 },
    ]),
  );
  database.addComponentMetrics(runId, [
    { ...at, layer: null, component: "lm_head", durationMs: 3, energyMj: 9 },
  ]);
  database.addDeepOperationMetrics(runId, [{
    ...at,
    layer: 1,
    component: "up_proj",
    operation: "/model/layers.1/up_proj/MatMul",
    opType: "MatMul",
    durationMs: 1.75,
  }]);
  database.addDeepStatistics(runId, [
    { ...at, layer: 1, statistic: "attention_entropy", head: 0, value: 0.75 },
    { ...at, layer: 1, statistic: "mlp_kill_ratio", head: null, value: 0.5 },
  ]);
  database.addMoeExpertActivations(runId, [{ ...at, layer: 2, expert: 4, weight: 0.25 }]);
  database.finishRun(runId, { status: "complete", result: { ...run, runId } });
  return runId;
}
