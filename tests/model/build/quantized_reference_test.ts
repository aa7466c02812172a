import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkpointWeights } from "../../../lib/model/build/checkpoint_weights.ts";
import { decoderGraph } from "../../../lib/model/build/decoder_graph.ts";
import { encodedValues, sourcesOf } from "../../../lib/model/build/encoded_values.ts";
import { decoderShape } from "../../../lib/model/build/families.ts";
import { type PrecisionOptions, readNumerics } from "../../../lib/model/build/precision.ts";
import { openCheckpoint } from "../../../lib/model/safetensors.ts";
import { safetensors, temporaryFolder } from "../checkpoints.ts";
import { FAMILY_FIXTURES, familyWeights } from "./families.ts";
import digests from "./quantized_reference.json" with { type: "json" };

const MADE = /_(Q4|scales|zero_points|quantized|scale|zero_point)$/;

/** The digest of what is quantized, as quantized_reference.py makes it. */
async function digestOf(family: string, options: PrecisionOptions): Promise<string> {
  using folder = temporaryFolder();
  const fixture = FAMILY_FIXTURES.find(({ name }) => name === family)!;
  const path = `${folder.path}/w.safetensors`;
  await Deno.writeFile(path, safetensors(familyWeights(fixture), "F32"));
  using checkpoint = openCheckpoint(path);
  const { dataType, matrices } = readNumerics(options);
  const { weights } = decoderGraph(decoderShape(fixture.config), dataType, matrices);
  const values = encodedValues(checkpointWeights(checkpoint, path, sourcesOf(weights)));
  const hash = createHash("sha256");
  // The reference leaves heads that are the embedding.
  const made = weights.filter(({ name }) =>
    MADE.test(name) && !(family === "gpt2" && name.startsWith("lm_head"))
  );
  for (const weight of made.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    hash.update(weight.name);
    for (const piece of values(weight)) hash.update(piece);
  }
  return hash.digest("hex");
}

for (const [name, digest] of Object.entries(digests)) {
  Deno.test(`buildModel() quantizes as onnxruntime.quantization does, bit for bit: ${name}`, async () => {
    const [family, precision, blockSize, symmetric, activations] = name.split(" ");
    const options = precision === "int8" ? { precision } as const : {
      precision: "int4",
      blockSize: Number(blockSize),
      symmetric: symmetric === "true",
      activations: activations as "fp32" | "fp16",
    } as const;
    assert.equal(await digestOf(family!, options), digest);
  });
}
