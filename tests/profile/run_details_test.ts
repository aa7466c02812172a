import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { loadModel, modelHash } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import { osBuildOf, powerState } from "../../lib/profile/run_details.ts";
import type { RawPowerBatch, SourceInfo } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { withStandIn } from "../power/fixtures/stand_in.ts";

/** Columns that stay empty in the run below, and why. */
const UNKNOWN: Record<string, string> = {
  reason: "only for runs that did not end well",
  observer_mw: "no calibration of the stand-in is kept",
  power_state: "pmset is macOS's alone",
  model_block_size: "the model is not quantized",
};

Deno.test("profile() fills every column of the run's row, but for those that cannot be known", async () => {
  const model = await loadModel("models/tinytales");
  using database = ProfileDatabase.open(":memory:");
  await withStandIn("normal", async () => {
    const run = await profile(model, "Once upon a time", {
      baselineSeconds: 0.6,
      minSeconds: 1.2,
      warmup: 0,
      maxNewTokens: 24,
      source: "powermetrics",
      experiment: "columns",
      database,
    });
    const [row] = database.getTable(run.runId, "profiling_runs");
    const empty = Object.keys(row!).filter((column) => row![column] === null);
    const known = new Set(["power_state", "observer_mw"].filter((column) => row![column] !== null));
    assert.deepEqual(
      empty.filter((column) => column !== "git_commit").sort(),
      Object.keys(UNKNOWN).filter((column) => !known.has(column)).sort(),
    );
    const { details } = database.getRun(run.runId)!;
    const { promptTokens, generatedTokens } = run.totals;
    const { features, onnxPath } = model;
    assert.equal(
      details.kvCacheBytes,
      (promptTokens + generatedTokens - 1) * features.kvBytesPerToken!,
    );
    assert.ok(details.peakMemoryBytes! > features.weightBytes);
    assert.match(details.osBuild!, /^\d\d[A-Z]\d+$/);
    assert.deepEqual(details.model!.parametersByPart, features.parametersByPart);
    assert.equal(details.model!.hash, modelHash(onnxPath));
    assert.equal(details.model!.numExperts, 0);
  });
});

Deno.test("a run that is stopped before its first token has its circumstances all the same", async () => {
  using database = ProfileDatabase.open(":memory:");
  const { runId } = await profile(await loadModel("models/tinytales"), "Once", {
    source: "estimate",
    signal: AbortSignal.abort(),
    database,
  });
  const { details } = database.getRun(runId)!;
  assert.equal(details.engine, "ort-node");
  assert.equal(details.osBuild, null, "an estimate knows no build");
  assert.equal(details.kvCacheBytes, 0);
  assert.ok(details.peakMemoryBytes! > 0);
});

Deno.test("powerState() says in one word how the machine was powered", () => {
  const of = (onBattery: boolean | null, lowPowerMode: boolean | null) =>
    powerState({ onBattery, lowPowerMode });
  assert.deepEqual([of(false, false), of(true, false), of(true, true), of(null, null)], [
    "ac",
    "battery",
    "low-power",
    null,
  ]);
});

Deno.test("osBuildOf() reads plists, also those that another format wraps, and takes no simulation", () => {
  const batch = (text: string): RawPowerBatch => ({
    format: "plist",
    arrivalsMs: [],
    gzip: new Uint8Array(gzipSync(text)),
  });
  const info = (kind: SourceInfo["kind"]) => ({ kind }) as SourceInfo;
  const plist = "<key>kern_osversion</key>\n\t<string>25C56</string>";
  assert.equal(osBuildOf(info("measured"), batch(plist)), "25C56");
  assert.equal(osBuildOf(info("measured"), batch(JSON.stringify({ plist }))), "25C56");
  assert.equal(osBuildOf(info("simulated"), batch(plist)), null);
  assert.equal(osBuildOf(info("measured"), batch("{}")), null);
  assert.equal(osBuildOf(info("measured"), null), null);
});
