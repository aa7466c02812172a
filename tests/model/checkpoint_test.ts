import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BUILDER_VERSION, buildModel } from "../../lib/model/build/mod.ts";
import { FAMILY_FIXTURES } from "./build/families.ts";
import { temporaryFolder } from "./checkpoints.ts";

const TINYTALES = `${import.meta.dirname}/../../models/tinytales`;

// Builds are kept under the builder's version: a change that does not raise it would meet old ones.
const BUILT: Record<string, string> = {
  "1": "80f0727e9da4ea4630dc29453afa65b6a112cd28efa1cabe10d29807f8212e19",
};

Deno.test("BUILDER_VERSION stands for the very bytes that are built from tinytales", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(
    JSON.parse(await Deno.readTextFile(`${TINYTALES}/config.json`)),
    { weights: `${TINYTALES}/model.safetensors`, outDir: `${folder.path}/m` },
  );
  const digest = createHash("sha256").update(await Deno.readFile(onnxPath)).digest("hex");
  assert.equal(digest, BUILT[BUILDER_VERSION], "raise BUILDER_VERSION and add its digest");
});

const BUILT_FAMILIES: Record<string, string> = {
  "1": "c66ed695fcded2ae3d36dc600ef303ca84b78599ed34c9caead963cab0b0a298",
};

Deno.test("BUILDER_VERSION stands for the very bytes that are built of every family", async () => {
  using folder = temporaryFolder();
  const hash = createHash("sha256");
  for (const { config } of FAMILY_FIXTURES) {
    for (const precision of ["fp32", "fp16"] as const) {
      const { onnxPath } = await buildModel(config, { outDir: `${folder.path}/m`, precision });
      hash.update(await Deno.readFile(onnxPath));
    }
  }
  const digest = hash.digest("hex");
  assert.equal(digest, BUILT_FAMILIES[BUILDER_VERSION], "raise BUILDER_VERSION, add its digest");
});
