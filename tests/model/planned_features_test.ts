import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import {
  buildModel,
  findPreset,
  loadModel,
  plannedFeatures,
  PRESETS,
} from "../../lib/model/mod.ts";
import type { Precision } from "../../lib/model/mod.ts";
import { FAMILY_FIXTURES } from "./build/families.ts";
import { temporaryFolder } from "./checkpoints.ts";

const PRECISIONS: Precision[] = ["fp32", "fp16", "int8", "int4"];

Deno.test("plannedFeatures() tells what loadModel() tells of the built model, of every family", async () => {
  using folder = temporaryFolder();
  for (const [index, { name, config }] of FAMILY_FIXTURES.entries()) {
    const precision = PRECISIONS[index % PRECISIONS.length]!;
    const { path } = await buildModel(config, { outDir: `${folder.path}/${index}`, precision });
    const { features } = await loadModel(path);
    assert.deepEqual(plannedFeatures(config, { precision }), features, `${name} at ${precision}`);
  }
});

Deno.test("plannedFeatures() tells of every preset what a token costs, without its weights", () => {
  for (const { name, config, parameters } of PRESETS) {
    const planned = plannedFeatures(config, { precision: "int4" });
    assert.equal(planned.parameters, parameters, name);
    const { flopsPerToken, bytesPerToken, activeParameters, parametersByPart } = planned;
    // Two operations for each number that a token goes through; the table is looked up.
    const least = 2 * (activeParameters! - parametersByPart.embedding) * 0.99;
    assert.ok(flopsPerToken!.base > least && bytesPerToken!.base > 0, name);
  }
});

Deno.test("plannedFeatures() refuses what cannot be built", () => {
  const { config } = findPreset("gpt2");
  assert.throws(() => plannedFeatures({ ...config, n_head: 7 }), InputError);
  assert.throws(() => plannedFeatures(config, { precision: "int3" as Precision }), InputError);
});
