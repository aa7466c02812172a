import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { buildModel } from "../../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../checkpoints.ts";

const REFUSED: [string, Record<string, unknown>, RegExp][] = [
  ["another family", { model_type: "mamba" }, /model_type "mamba"; this builder writes "llama", "/],
  ["a family that is no text", { model_type: 7 }, /model_type 7/],
  ["a name from Object", { model_type: "constructor" }, /model_type "constructor"/],
  [
    "rotary scaling that depends on the length of the text",
    { rope_scaling: { type: "dynamic", factor: 2 } },
    /rope_scaling {"type":"dynamic","factor":2}; .*"linear", "llama3"/,
  ],
  ["rotary scaling of no type", { rope_scaling: { factor: 2 } }, /rope_scaling/],
  ["rotary scaling that is a number", { rope_scaling: 3 }, /rope_scaling 3/],
  [
    "rotary scaling without its factor",
    { rope_parameters: { rope_type: "yarn" } },
    /rope_parameters.factor undefined/,
  ],
  ["theta that is not finite", { rope_theta: NaN }, /rope_theta NaN/],
  ["another activation", { hidden_act: "swiglu" }, /hidden_act "swiglu"/],
  ["heads that do not divide", { num_key_value_heads: 3 }, /num_key_value_heads 3/],
  [
    "a hidden size that heads do not divide",
    { head_dim: null, hidden_size: 26 },
    /hidden_size 26; it must be divisible by the number of heads, 4/,
  ],
  ["an odd head", { head_dim: 5 }, /head_dim 5/],
  ["no layers", { num_hidden_layers: 0 }, /num_hidden_layers 0/],
  ["a negative size", { hidden_size: -24 }, /hidden_size -24/],
  ["a size that is not whole", { intermediate_size: 20.5 }, /intermediate_size 20.5/],
  ["a size that is no number", { vocab_size: NaN }, /vocab_size NaN/],
  ["a size as text", { hidden_size: "24" }, /hidden_size "24"/],
  ["a missing size", { vocab_size: undefined }, /vocab_size undefined/],
  ["a flag that is no flag", { tie_word_embeddings: "yes" }, /tie_word_embeddings "yes"/],
  [
    "layers without end",
    { num_hidden_layers: 1e9 },
    /num_hidden_layers 1000000000; .*at most 1024/,
  ],
  ["a vocabulary without end", { vocab_size: 2 ** 40 }, /vocab_size 1099511627776; .*at most/],
  [
    "sizes that are possible one by one, not together",
    { hidden_size: 2 ** 20, intermediate_size: 2 ** 20, num_hidden_layers: 1024 },
    /its weights would take \d+ bytes/,
  ],
  [
    "experts without end",
    { model_type: "mixtral", num_local_experts: 512, num_hidden_layers: 1024 },
    /num_local_experts 512; 1024 layers/,
  ],
  [
    "more experts a token than there are",
    { model_type: "mixtral", num_local_experts: 2, num_experts_per_tok: 3 },
    /num_experts_per_tok 3/,
  ],
  [
    "types of layers that are not one each",
    { model_type: "qwen3", layer_types: ["full_attention"] },
    /layer_types \["full_attention"\]; it must hold one type for each of 2 layers/,
  ],
  [
    "a type of layer that is not attention",
    { model_type: "qwen3", layer_types: ["full_attention", "linear_attention"] },
    /layer_types "linear_attention"/,
  ],
  ["GPT-2 heads that do not divide", { model_type: "gpt2", n_embd: 10, n_head: 4 }, /n_embd 10/],
  [
    "norms that Phi has not in its released models",
    { model_type: "phi", qk_layernorm: true },
    /qk_layernorm true/,
  ],
];

for (const [name, change, message] of REFUSED) {
  Deno.test(`buildModel() refuses ${name}`, async () => {
    using folder = temporaryFolder();
    await assert.rejects(
      buildModel({ ...SMALL, ...change }, { outDir: `${folder.path}/out` }),
      (error) => error instanceof InputError && message.test(error.message),
    );
    assert.deepEqual([...Deno.readDirSync(folder.path)], []);
  });
}
