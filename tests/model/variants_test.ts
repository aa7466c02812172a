import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { chooseVariant } from "../../lib/model/variants.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";

function choose(files: string[], precision?: string, named: string | null = null): string {
  const paths = files.map((name) => `/m/${name}`);
  return chooseVariant("/m", paths, named, precision).slice("/m/".length);
}

const ALL = [
  "model.onnx",
  "model_bnb4.onnx",
  "model_fp16.onnx",
  "model_int8.onnx",
  "model_q4.onnx",
  "model_q4f16.onnx",
  "model_quantized.onnx",
  "model_uint8.onnx",
];

Deno.test("chooseVariant() takes the plain file unless a precision is asked for", () => {
  assert.equal(choose(ALL), "model.onnx");
  assert.equal(choose(ALL, "fp32"), "model.onnx");
  assert.equal(choose(ALL, "fp16"), "model_fp16.onnx");
  assert.equal(choose(ALL, "int8"), "model_int8.onnx");
  assert.equal(choose(ALL, "int4"), "model_q4.onnx");
  assert.equal(choose(ALL.slice(0, 2), "int4"), "model_bnb4.onnx");
  assert.equal(choose(["model_quantized.onnx", "model.onnx"], "int8"), "model_quantized.onnx");
});

Deno.test("chooseVariant() takes variants by their own names", () => {
  for (const name of ["q4", "q4f16", "bnb4", "quantized", "uint8", "int8", "fp16"]) {
    assert.equal(choose(ALL, name), `model_${name}.onnx`);
  }
});

Deno.test("chooseVariant() knows what exporters call a decoder", () => {
  assert.equal(
    choose(["decoder_model.onnx", "decoder_model_merged.onnx"]),
    "decoder_model_merged.onnx",
  );
  assert.equal(
    choose(["decoder_model.onnx", "decoder_with_past_model.onnx"]),
    "decoder_with_past_model.onnx",
  );
  assert.equal(
    choose(["decoder_model_merged_q4.onnx", "model.onnx"], "q4"),
    "decoder_model_merged_q4.onnx",
  );
  assert.equal(choose(["past.onnx", "other.onnx"]), "past.onnx");
  assert.equal(choose(["text.onnx", "model.onnx"], undefined, "text.onnx"), "text.onnx");
  assert.equal(choose(["strange name ü.onnx"]), "strange name ü.onnx");
});

Deno.test("chooseVariant() passes over encoders and the like", () => {
  const files = ["embed_tokens.onnx", "vision_encoder.onnx", "my_decoder.onnx"];
  assert.equal(choose(files), "my_decoder.onnx");
  assert.throws(() => choose(files.slice(0, 2)), /holds embed_tokens.onnx, vision_encoder.onnx/);
});

Deno.test("chooseVariant() lists what is there where it cannot choose", () => {
  const error = (files: string[], precision?: string): string => {
    try {
      return choose(files, precision);
    } catch (thrown) {
      assert.ok(thrown instanceof InputError);
      return thrown.message;
    }
  };
  const variants = ["model_fp16.onnx", "model_q4.onnx"];
  assert.match(error(variants), /found model_fp16.onnx, model_q4.onnx; .*precision \(fp16, q4\)/);
  assert.match(error(variants, "int8"), /precision \(fp16, q4\)/);
  assert.match(error(["a.onnx", "b.onnx"]), /found a.onnx, b.onnx; pass the path/);
  const many = Array.from({ length: 40 }, (_, i) => `part_${i}.onnx`);
  assert.match(error(many), /and 28 more/);
});

Deno.test("loadModel() opens a variant in onnx/ by precision, with what describes it above", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, vocab_size: 300 };
  const { path } = await buildModel(config, {
    outDir: `${folder.path}/m`,
    externalDataAboveBytes: 0,
  });
  await buildModel(config, { outDir: `${folder.path}/half`, precision: "fp16" });
  await Deno.mkdir(`${path}/onnx`);
  for (const name of ["model.onnx", "model.onnx.data"]) {
    await Deno.rename(`${path}/${name}`, `${path}/onnx/${name}`);
  }
  await Deno.rename(`${folder.path}/half/model.onnx`, `${path}/onnx/model_fp16.onnx`);
  const plain = await loadModel(path);
  assert.equal(plain.onnxPath, `${path}/onnx/model.onnx`);
  assert.equal(plain.features.precision, "fp32");
  const half = await loadModel(path, { precision: "fp16" });
  assert.equal(half.onnxPath, `${path}/onnx/model_fp16.onnx`);
  assert.equal(half.features.precision, "fp16");
  const byPath = await loadModel(half.onnxPath);
  assert.equal(byPath.path, path);
  assert.deepEqual(byPath.tokenizer.encode("ab"), plain.tokenizer.encode("ab"));
  await assert.rejects(
    loadModel(path, { precision: "int4" }),
    /at precision "int4": model.onnx is fp32/,
  );
});
