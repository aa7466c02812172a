import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BUILDER_VERSION, buildModel } from "../../lib/model/build/mod.ts";
import { FAMILY_FIXTURES } from "./build/families.ts";
import { temporaryFolder } from "./checkpoints.ts";

const TINYTALES = `${import.meta.dirname}/../../models/tinytales`;

// Builds are kept under the builder's version: a change that does not raise it would meet old ones.
const BUILT: Record<string, string> = {
  "2": "6918e850a10ce56b0ca440f804d8fa596b0115129cac9ebc7722adc3e2fd9e8d",
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
  "2": "f826b8f0b1e516b76e143dae3a4948b77854f71c2ca87ceed8149ddc08bee887",
};

Deno.test("BUILDER_VERSION stands for the very bytes that are built of every family", async () => {
  using folder = temporaryFolder();
  const hash = createHash("sha256");
  for (const { config } of FAMILY_FIXTURES) {
    for (const precision of ["fp32", "fp16", "int8", "int4"] as const) {
      const { onnxPath } = await buildModel(config, { outDir: `${folder.path}/m`, precision });
      hash.update(await Deno.readFile(onnxPath));
    }
  }
  const digest = hash.digest("hex");
  assert.equal(digest, BUILT_FAMILIES[BUILDER_VERSION], "raise BUILDER_VERSION, add its digest");
});
