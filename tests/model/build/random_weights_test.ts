import assert from "node:assert/strict";
import { openSession } from "../../../lib/inference/mod.ts";
import { decoderGraph } from "../../../lib/model/build/decoder_graph.ts";
import { encodedValues } from "../../../lib/model/build/encoded_values.ts";
import { decoderShape } from "../../../lib/model/build/families.ts";
import type { MatrixFormat } from "../../../lib/model/build/precision.ts";
import { randomWeights } from "../../../lib/model/build/random_weights.ts";
import { buildModel, findPreset, loadModel, PRESETS } from "../../../lib/model/mod.ts";
import type { PrecisionOptions } from "../../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../checkpoints.ts";
import { throughInt4, throughInt8 } from "./quantized.ts";

/** The bytes of each weight of a random model. */
function random(matrices: MatrixFormat, config = SMALL): Map<string, Uint8Array<ArrayBuffer>> {
  const values = encodedValues(randomWeights(7, 0.02));
  return new Map(
    decoderGraph(decoderShape(config), 1, matrices).weights.map((weight) => [
      weight.name,
      new Uint8Array([...values(weight)].flatMap((piece) => [...piece])),
    ]),
  );
}

const float32 = (bytes: Uint8Array<ArrayBuffer>) => [...new Float32Array(bytes.buffer)];

Deno.test("randomWeights() have the standard deviation and mean that are asked for", () => {
  const all = float32(random({ kind: "float" }).get("lm_head.weight")!);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + value ** 2, 0) / all.length);
  assert.ok(Math.abs(mean) < 0.003, `${mean}`);
  assert.ok(Math.abs(deviation - 0.02) < 0.002, `${deviation}`);
  assert.ok(new Set(all).size > 0.99 * all.length);
});

Deno.test("randomWeights() are the same at every precision", () => {
  const name = "model.layers.1.mlp.down_proj.weight";
  const [into, out] = [20, 24];
  const plain = float32(random({ kind: "float" }).get(name)!);

  const int8 = random({ kind: "int8" });
  const scale = float32(int8.get(`${name}_scale`)!)[0]!;
  const stood = [...new Int8Array(int8.get(`${name}_quantized`)!.buffer)].map((q) => q * scale);
  throughInt8(plain).forEach((value, i) => assert.ok(Math.abs(value - stood[i]!) < 1e-8));

  const format = { blockSize: 16, symmetric: true };
  const int4 = random({ kind: "int4", accuracyLevel: 0, ...format });
  const packed = int4.get(`${name}_Q4`)!;
  const scales = float32(int4.get(`${name}_scales`)!);
  for (let o = 0; o < out; o++) {
    const row = Array.from({ length: into }, (_, i) => plain[i * out + o]!);
    throughInt4(row, { ...format, half: false }).forEach((value, i) => {
      const nibble = packed[o * 16 + (i >> 1)]! >> (i % 2 * 4) & 15;
      assert.ok(Math.abs((nibble - 8) * scales[o * 2 + (i >> 4)]! - value) < 1e-8);
    });
  }
});

Deno.test("randomWeights() tie a quantized head to the embedding, too", () => {
  const config = { ...SMALL, tie_word_embeddings: true };
  const table = float32(random({ kind: "int8" }, config).get("model.embed_tokens.weight")!);
  const head = new Int8Array(
    random({ kind: "int8" }, config).get("lm_head.weight_quantized")!.buffer,
  );
  const [width, words] = [SMALL.hidden_size, SMALL.vocab_size];
  const scale = Math.max(...table.map(Math.abs)) / 127;
  for (let word = 0; word < words; word++) {
    for (let i = 0; i < width; i++) {
      const exact = table[word * width + i]! / scale;
      assert.ok(Math.abs(exact - head[i * words + word]!) < 0.501);
    }
  }
});

/** A preset as deep as it is, and narrow enough for a test. */
function narrow(name: string): Record<string, unknown> {
  const { config } = findPreset(name);
  if (config.model_type === "gpt2") return { ...config, vocab_size: 512, n_embd: 64, n_head: 4 };
  const heads = config.num_attention_heads === config.num_key_value_heads ? 4 : 2;
  return {
    ...config,
    vocab_size: 512,
    hidden_size: 64,
    intermediate_size: 256,
    num_attention_heads: 4,
    num_key_value_heads: heads,
    head_dim: 16,
    // As large for the width as 0.02 is at 4,096.
    initializer_range: 0.02 * Math.sqrt(4096 / 64),
  };
}

// The last of each family, which is its largest; gemma multiplies its embeddings by √width.
const isLong = Deno.env.get("TOKENWATT_LONG") === "1";
const DEEP = new Map(
  PRESETS.filter(({ name }) => isLong || /^(gpt2-xl|llama-3.1-8b|gemma-2-2b)$/.test(name))
    .map(({ name, config }) => [config.model_type, name]),
);

for (const [family, name] of DEEP) {
  for (const options of [{ precision: "fp16" }, { precision: "int4", activations: "fp16" }]) {
    Deno.test(`randomWeights() stay in fp16's range as deep as ${name} is: ${family} at ${options.precision}`, async () => {
      using folder = temporaryFolder();
      const { path } = await buildModel(narrow(name), {
        ...options as PrecisionOptions,
        outDir: `${folder.path}/m`,
      });
      await using session = await openSession(await loadModel(path), { threads: 1 });
      const logits = await session.run(Array.from({ length: 24 }, (_, i) => (i * 7919) % 512));
      assert.ok(logits.every(Number.isFinite), "logits are finite");
      const most = Math.max(...logits);
      const odds = [...logits].map((value) => Math.exp(value - most));
      const sum = odds.reduce((a, b) => a + b, 0);
      const entropy = odds.reduce((h, odd) => h - odd / sum * Math.log2(odd / sum || 1), 0);
      // Of 9 bits: not one word for sure, and not all alike.
      assert.ok(entropy > 1 && entropy < 8.999, `${entropy} bits`);
    });
  }
}
