import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { decoderInputs, type InputDescription } from "../../lib/inference/decoder_inputs.ts";

const IDS: InputDescription = { name: "input_ids", type: "int64", shape: ["batch_size", "n"] };

Deno.test("decoderInputs() reads an optimum export", () => {
  const found = decoderInputs("m.onnx", [
    IDS,
    { name: "attention_mask", type: "int64", shape: ["batch_size", "total"] },
    { name: "past_key_values.0.key", type: "float32", shape: ["batch_size", 2, "past", 16] },
  ], ["logits", "present.0.key"]);
  assert.deepEqual(found, {
    idsType: "int64",
    maskType: "int64",
    positionsType: null,
    hasCacheFlag: false,
    cache: [{
      input: "past_key_values.0.key",
      output: "present.0.key",
      type: "float32",
      emptyDims: [1, 2, 0, 16],
    }],
  });
});

Deno.test("decoderInputs() reads onnxruntime-genai's stacked int32 form", () => {
  const found = decoderInputs("m.onnx", [
    { ...IDS, type: "int32" },
    { name: "position_ids", type: "int32", shape: ["batch_size", "n"] },
    { name: "past_0", type: "float16", shape: [2, "batch_size", 4, "past_seq_len", 8] },
  ], ["logits", "present_0"]);
  assert.equal(found.idsType, "int32");
  assert.equal(found.positionsType, "int32");
  assert.deepEqual(found.cache[0]?.emptyDims, [2, 1, 4, 0, 8]);
});

Deno.test("decoderInputs() takes the first axis without a size for the batch where none says so", () => {
  const cache = (shape: (number | string)[]) =>
    decoderInputs("m", [IDS, { name: "past_0", type: "float32", shape }], ["logits", "present_0"])
      .cache[0]?.emptyDims;
  assert.deepEqual(cache(["", 2, "", 16]), [1, 2, 0, 16]);
  assert.deepEqual(cache([1, 2, "", 16]), [1, 2, 0, 16]);
});

const PAST: InputDescription = { name: "past_0", type: "float32", shape: ["batch", 2, "past", 4] };
const REFUSED: [string, InputDescription[], string[], RegExp][] = [
  ["no cache", [IDS], ["logits"], /no KV cache/],
  ["no logits", [IDS, PAST], ["present_0"], /no output "logits"/],
  ["no ids", [PAST], ["logits", "present_0"], /no input "input_ids"/],
  ["a cache that ends", [IDS, PAST], ["logits"], /no output continues .* "past_0"/],
  ["pixels", [IDS, { name: "pixel_values", type: "float32", shape: [1] }], [], /"pixel_values"/],
];

for (const [name, inputs, outputs, message] of REFUSED) {
  Deno.test(`decoderInputs() refuses a graph with ${name}`, () => {
    assert.throws(
      () => decoderInputs("m.onnx", inputs, outputs),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}
