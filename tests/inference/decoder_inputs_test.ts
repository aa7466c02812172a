import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import type { TensorDescription } from "../../lib/inference/cache_slots.ts";
import {
  type DecoderInputs,
  decoderInputs,
  type ModelFacts,
} from "../../lib/inference/decoder_inputs.ts";
import { feedMaker } from "../../lib/inference/feeds.ts";
import type { InputNames } from "../../lib/model/mod.ts";

const FACTS: ModelFacts = {
  onnxPath: "m.onnx",
  inputNames: null,
  slidingWindow: null,
  contextLength: null,
  features: { numHeads: 4, numKvHeads: 2, headDim: 16 },
};
const IDS = tensor("input_ids", "int64", ["batch_size", "n"]);
const MASK = tensor("attention_mask", "int64", ["batch_size", "total"]);
const LOGITS = tensor("logits", "float32", ["batch_size", "n", 50]);

function tensor(name: string, type: string, shape: (number | string)[]): TensorDescription {
  return { name, type, shape };
}

/** Reads a signature whose cache inputs are continued by outputs of the same shape. */
function read(
  inputs: TensorDescription[],
  outputs: string[] | TensorDescription[],
  facts: Partial<ModelFacts> = {},
): DecoderInputs {
  const past = inputs.filter(({ name }) => /^past_|^key_cache/.test(name));
  const described = outputs.map((output, i) =>
    typeof output === "string" ? { ...(past[i] ?? LOGITS), name: output } : output
  );
  return decoderInputs({ ...FACTS, ...facts }, inputs, [LOGITS, ...described]);
}

Deno.test("decoderInputs() reads an optimum export", () => {
  const found = read(
    [IDS, MASK, tensor("past_key_values.0.key", "float32", ["batch_size", 2, "past", 16])],
    ["present.0.key"],
  );
  assert.deepEqual(found, {
    feeds: [{ ...IDS, role: "ids" }, { ...MASK, role: "mask" }],
    cache: [{
      input: "past_key_values.0.key",
      output: "present.0.key",
      type: "float32",
      kind: "grows",
      dims: [1, 2, 0, 16],
      axis: 2,
      batchAxis: 0,
    }],
    logits: "logits",
    prefillBy: "chunk",
    capacity: null,
  });
});

const SHAPES: [string, string, string, (number | string)[], number[], number | null][] = [
  ["stacked keys and values", "past_0", "present_0", [2, "batch", 4, "past_len", 8], [
    2,
    1,
    4,
    0,
    8,
  ], 3],
  ["unnamed axes", "past_0", "present_0", ["", 2, "", 16], [1, 2, 0, 16], 2],
  ["a fixed batch", "past_0", "present_0", [1, 2, "", 16], [1, 2, 0, 16], 2],
  ["no fixed axis at all", "past_0", "present_0", ["a", "b", "c", "d"], [1, 2, 0, 16], 2],
  ["names of heads", "past_0", "present_0", ["b", "num_kv_heads", "s", "head_dim"], [
    1,
    2,
    0,
    16,
  ], 2],
  ["BLOOM's keys", "past_0", "present_0", ["batch_size x num_heads", 16, "past"], [4, 16, 0], 2],
  ["BLOOM's values", "past_0", "present_0", ["batch_size x num_heads", "past", 16], [4, 0, 16], 1],
  [
    "StarCoder's one tensor",
    "past_key_values.0.key_value",
    "present.0.key_value",
    [
      "batch_size",
      "past_sequence_length",
      32,
    ],
    [1, 0, 32],
    1,
  ],
  ["a convolution", "past_conv.0", "present_conv.0", ["batch", 64, 3], [1, 64, 3], null],
  [
    "a recurrence",
    "past_recurrent.0",
    "present_recurrent.0",
    ["batch", 4, 8, 8],
    [1, 4, 8, 8],
    null,
  ],
];

for (const [name, input, output, shape, dims, axis] of SHAPES) {
  Deno.test(`decoderInputs() reads a cache with ${name}`, () => {
    const [slot] = read([IDS, tensor(input, "float32", shape)], [output]).cache;
    assert.deepEqual([slot!.dims, slot!.axis], [dims, axis]);
  });
}

Deno.test("decoderInputs() reads a cache of fixed length, which bounds the tokens", () => {
  const past = tensor("past_key_values.0.key", "float16", [1, 2, 64, 16]);
  const found = read([IDS, MASK, past], ["present.0.key"]);
  assert.equal(found.cache[0]!.kind, "buffer");
  assert.equal(found.capacity, 64);
  assert.equal(found.prefillBy, "whole");
});

Deno.test("decoderInputs() leaves the length of a static cache open where the graph does", () => {
  const found = read([
    IDS,
    tensor("key_cache.0", "float32", ["batch", "max_len", 32]),
    tensor("write_indices", "int64", ["batch"]),
    tensor("nonpad_kv_seqlen", "int64", ["batch"]),
  ], ["updated_key_cache.0"]);
  assert.deepEqual(found.cache[0], {
    input: "key_cache.0",
    output: "updated_key_cache.0",
    type: "float32",
    kind: "buffer",
    dims: [1, 0, 32],
    axis: 1,
    batchAxis: 0,
  });
  assert.equal(found.capacity, null);
});

Deno.test("decoderInputs() takes the names that the configuration gives", () => {
  const inputNames: InputNames = {
    inputIds: "tokens",
    attentionMask: "seen",
    positionIds: "places",
    pastKey: "k.%d.in",
    pastValue: null,
    past: null,
    presentKey: "k.%d.out",
    presentValue: null,
    present: null,
    logits: "scores",
  };
  const found = decoderInputs({ ...FACTS, inputNames }, [
    tensor("tokens", "int32", ["b", "n"]),
    tensor("seen", "int32", ["b", "n"]),
    tensor("places", "int32", ["b", "n"]),
    tensor("k.12.in", "float32", ["b", 2, "s", 16]),
  ], [
    tensor("scores", "float32", ["b", "n", 9]),
    tensor("k.12.out", "float32", ["b", 2, "s", 16]),
  ]);
  assert.deepEqual(found.feeds.map(({ role }) => role), ["ids", "mask", "positions"]);
  assert.equal(found.cache[0]!.output, "k.12.out");
  assert.equal(found.logits, "scores");
});

Deno.test("decoderInputs() tells how a prompt may be cut", () => {
  const past = tensor("past_0", "float32", ["batch", 2, "past", 16]);
  const flag = tensor("use_cache_branch", "bool", [1]);
  const conv = tensor("past_conv.0", "float32", ["batch", 8, 3]);
  assert.equal(read([IDS, past], ["present_0"]).prefillBy, "chunk");
  assert.equal(read([IDS, flag, past], ["present_0"]).prefillBy, "chunk");
  assert.equal(read([IDS, past, conv], ["present_0", "present_conv.0"]).prefillBy, "whole");
  const one = tensor("input_ids", "int64", ["batch", 1]);
  assert.equal(read([one, past], ["present_0"]).prefillBy, "token");
});

const PAST = tensor("past_0", "float32", ["batch", 2, "past", 4]);
const PRESENT = { ...PAST, name: "present_0" };
const REFUSED: [string, TensorDescription[], TensorDescription[], RegExp][] = [
  ["no cache", [IDS], [LOGITS], /no KV cache/],
  ["no logits", [IDS, PAST], [PRESENT], /no output "logits"/],
  ["no ids", [PAST], [LOGITS, PRESENT], /no input "input_ids"/],
  ["a cache that ends", [IDS, PAST], [LOGITS], /no output continues .* "past_0"/],
  ["pixels", [IDS, tensor("pixel_values", "float32", [1])], [], /other than text; use a text/],
  [
    "embeddings",
    [tensor("inputs_embeds", "float32", ["b", "n", 8])],
    [],
    /embeddings .* input_ids/,
  ],
  [
    "an encoder",
    [IDS, tensor("past_key_values.0.encoder.key", "float32", ["b", 2, "s", 4])],
    [],
    /encoder-decoder/,
  ],
  ["beams", [IDS, tensor("cache_indirection", "int32", ["b", 1, "s"])], [], /beam search/],
  ["the unknown", [IDS, tensor("mystery", "int32", [1])], [], /"mystery" is of no known kind/],
  ["a name that commands", [tensor("\u001b[31mred", "int32", [1])], [], /"␛\[31mred"/],
  ["ids that are fractions", [tensor("input_ids", "float32", ["b", "n"])], [], /type float32/],
  ["many texts at once", [tensor("input_ids", "int64", [4, "n"])], [], /one text at a time/],
  ["windows of 64 ids", [tensor("input_ids", "int64", [1, 64])], [], /just 64 tokens/],
  ["a mask of three axes", [tensor("attention_mask", "int64", [1, "a", "b"])], [], /\[1, a, b\]/],
  ["many lengths", [tensor("total_sequence_length", "int32", [4])], [], /\[4\]/],
  ["bf16", [IDS, { ...PAST, type: "bfloat16" }], [LOGITS, PRESENT], /of type bfloat16/],
  [
    "a cache that changes its type",
    [IDS, PAST],
    [LOGITS, { ...PRESENT, type: "float16" }],
    /float32 "past_0" and comes out as float16/,
  ],
  [
    "a cache that changes its shape",
    [IDS, tensor("past_0", "float32", [1, 2, 15, 4])],
    [LOGITS, tensor("present_0", "float32", [1, 2, 16, 4])],
    /cannot be handed on/,
  ],
  [
    "a cache of unknown filling",
    [IDS, tensor("past_0", "float32", [1, 2, 16, 4])],
    [LOGITS, tensor("present_0", "float32", [1, 2, 16, 4])],
    /how much of its cache/,
  ],
  [
    "a cache as large as a bomb",
    [IDS, MASK, tensor("past_0", "float32", [1, 2, 2 ** 40, 4])],
    [LOGITS, tensor("present_0", "float32", [1, 2, 2 ** 40, 4])],
    /its cache takes 32768 GiB/,
  ],
  [
    "a token as large",
    [
      IDS,
      tensor("key_cache.0", "float32", [1, "open", 2 ** 40]),
      tensor("write_indices", "int64", [1]),
    ],
    [LOGITS, tensor("updated_key_cache.0", "float32", [1, "open", 2 ** 40])],
    /its cache takes 4096 GiB/,
  ],
  ["a mask as large", [IDS, tensor("attention_mask", "int64", [1, 2 ** 40])], [], /1099511627776/],
  ["a thousand kinds of positions", [tensor("position_ids", "int64", [1000, 1, "n"])], [], /1000/],
  [
    "logits that cannot be read",
    [IDS, PAST],
    [{ ...LOGITS, type: "bfloat16" }, PRESENT],
    /logits are of type bfloat16/,
  ],
];

for (const [name, inputs, outputs, message] of REFUSED) {
  Deno.test(`decoderInputs() refuses a graph with ${name}`, () => {
    assert.throws(
      () => decoderInputs(FACTS, inputs, outputs),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

Deno.test("decoderInputs() either reads any signature soundly or refuses it with a remedy", () => {
  const rounds = Deno.env.get("TOKENWATT_LONG") === "1" ? 40_000 : 4000;
  const next = random(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const names = ["input_ids", "attention_mask", "position_ids", "past_0", "past_key_values.1.key"]
    .concat(["key_cache.2", "write_indices", "past_conv.0", "use_cache_branch", "seqlens_k", ""])
    .concat(["present_0", "cache_position", "num_logits_to_keep", "__proto__", "past_state_0"]);
  const types = ["int32", "int64", "float32", "float16", "bool", "string", "bfloat16", "no tensor"];
  const dims = [1, 2, 16, 0, -1, NaN, 2 ** 40, "", "batch", "past", "heads", "head_dim", "x"];
  const any = (): TensorDescription =>
    tensor(
      pick(names),
      pick(types),
      Array.from({ length: Math.floor(next() * 6) }, () => pick(dims)),
    );
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const sound = [IDS, PAST].filter(() => next() < 0.8);
    const inputs = [...sound, ...Array.from({ length: Math.floor(next() * 3) }, any)];
    const outputs = inputs.flatMap((input) =>
      next() < 0.9 ? [{ ...input, name: input.name.replace(/past(_key_values)?/, "present") }] : []
    );
    try {
      const { cache, capacity, feeds } = decoderInputs(FACTS, inputs, [LOGITS, ...outputs]);
      read++;
      assert.ok(capacity === null || capacity >= 1);
      for (const slot of cache) {
        assert.ok(slot.dims.every((dim) => Number.isInteger(dim) && dim >= 0), `${slot.dims}`);
        assert.equal(slot.axis === null, slot.kind === "state");
        assert.ok(slot.dims.reduce((a, b) => a * b, 1) <= 2 ** 34);
      }
      for (const feed of feeds) {
        const { data, dims } = feedMaker(feed)([5, 6], 3, [0]);
        assert.equal(data.length, dims.reduce((a, b) => a * b, 1));
        assert.equal(dims.length, feed.shape.length);
      }
    } catch (error) {
      assert.ok(error instanceof InputError, `${error}`);
      assert.ok(error.remedy.length > 0 && !error.message.includes("\n"));
    }
  }
  assert.ok(read > rounds / 100, `${read} of ${rounds} were read`);
});

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
