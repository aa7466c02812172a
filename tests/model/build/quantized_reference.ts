/**
 * Writes the models that quantized_reference.py quantizes:
 * `deno run -A tests/model/build/quantized_reference.ts FOLDER`.
 */
import { buildModel } from "../../../lib/model/mod.ts";
import { safetensors } from "../checkpoints.ts";
import { FAMILY_FIXTURES, familyWeights } from "./families.ts";

const [folder] = Deno.args;
for (const fixture of FAMILY_FIXTURES) {
  const at = `${folder}/${fixture.name}`;
  const weights = `${at}/w.safetensors`;
  await Deno.mkdir(at, { recursive: true });
  await Deno.writeFile(weights, safetensors(familyWeights(fixture), "F32"));
  for (const precision of ["fp32", "fp16"] as const) {
    await buildModel(fixture.config, { weights, precision, outDir: `${at}/${precision}` });
  }
}
