import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { openSession } from "../../../lib/inference/mod.ts";
import { buildModel, type LlamaConfig, loadModel } from "../../../lib/model/mod.ts";
import { readOnnx } from "../../../lib/model/onnx_reader.ts";
import { FAMILY_FIXTURES, familyWeights } from "./families.ts";
import { safetensors, SMALL, temporaryFolder, type Weights, weightsFor } from "../checkpoints.ts";
import { referenceLogits } from "../reference_llama.ts";

const IDS = [3, 17, 0, 39, 8, 8, 21];

async function build(
  folder: string,
  config: LlamaConfig,
  weights: Weights,
  options: { dtype?: "F32" | "F16" | "BF16"; precision?: "fp16"; external?: number } = {},
): Promise<string> {
  await Deno.writeFile(`${folder}/w.safetensors`, safetensors(weights, options.dtype ?? "F32"));
  const built = await buildModel(config, {
    weights: `${folder}/w.safetensors`,
    outDir: `${folder}/out`,
    precision: options.precision,
    externalDataAboveBytes: options.external,
  });
  return built.onnxPath;
}

/** Prefill of some ids, then the rest one at a time. */
async function logitsOf(onnxPath: string, ids: number[], prefill = 4): Promise<Float32Array> {
  await using session = await openSession(await loadModel(onnxPath), { threads: 1 });
  let logits = await session.run(ids.slice(0, prefill));
  for (const id of ids.slice(prefill)) logits = await session.run([id]);
  assert.equal(session.pastLength, ids.length);
  return logits;
}

function assertClose(actual: Float32Array, expected: number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    assert.ok(difference < tolerance, `logit ${i}: ${actual[i]} where ${value} is right`);
  });
}

const SHAPES: Record<string, Partial<LlamaConfig>> = {
  "grouped-query attention, own head": {},
  "one key-value head": { num_key_value_heads: 1 },
  "as many key-value heads as heads": { num_key_value_heads: 4 },
  "tied head": { tie_word_embeddings: true },
  "biases": { attention_bias: true, mlp_bias: true },
  "heads wider than the hidden size": { head_dim: 10, num_hidden_layers: 1 },
  "theta 10000": { rope_theta: 10000 },
};

for (const [name, change] of Object.entries(SHAPES)) {
  Deno.test(`buildModel() computes what the formulas say: ${name}`, async () => {
    using folder = temporaryFolder();
    const config = { ...SMALL, ...change };
    const weights = weightsFor(config);
    const onnxPath = await build(folder.path, config, weights);
    const expected = referenceLogits(config, weights, IDS);
    assertClose(await logitsOf(onnxPath, IDS), expected, 1e-4);
    assertClose(await logitsOf(onnxPath, IDS, IDS.length), expected, 1e-4);
  });
}

for (const dtype of ["F16", "BF16"] as const) {
  Deno.test(`buildModel() reads ${dtype} weights exactly`, async () => {
    using folder = temporaryFolder();
    const weights = weightsFor(SMALL);
    const onnxPath = await build(folder.path, SMALL, weights, { dtype });
    assertClose(await logitsOf(onnxPath, IDS), referenceLogits(SMALL, weights, IDS), 1e-4);
  });
}

for (const dtype of ["F32", "F16", "BF16"] as const) {
  Deno.test(`buildModel() writes fp16 from ${dtype}, with fp16 cache and fp32 logits`, async () => {
    using folder = temporaryFolder();
    const config = { ...SMALL, attention_bias: true };
    const weights = weightsFor(config);
    const onnxPath = await build(folder.path, config, weights, { dtype, precision: "fp16" });
    const { features } = await loadModel(onnxPath);
    assert.equal(features.precision, "fp16");
    assert.equal(features.kvBytesPerToken, 2 * 2 * 2 * 6 * 2);
    assertClose(await logitsOf(onnxPath, IDS), referenceLogits(config, weights, IDS), 0.05);
  });
}

Deno.test("buildModel() moves weights to external data above the limit", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, attention_bias: true };
  const weights = weightsFor(config);
  const onnxPath = await build(folder.path, config, weights, { external: 1000 });
  const { graph } = readOnnx(onnxPath);
  const big = graph.initializers.filter((tensor) => tensor.byteLength >= 1024);
  assert.ok(big.length > 0 && big.every((t) => t.external?.location === "model.onnx.data"));
  assert.ok(big.every((tensor) => tensor.external!.offset % 4096 === 0));
  assertClose(await logitsOf(onnxPath, IDS), referenceLogits(config, weights, IDS), 1e-4);
});

Deno.test("buildModel() replaces a model with external data by one without", async () => {
  using folder = temporaryFolder();
  const weights = weightsFor(SMALL);
  await build(folder.path, SMALL, weights, { external: 1000 });
  const onnxPath = await build(folder.path, SMALL, weights);
  assert.throws(() => Deno.statSync(`${folder.path}/out/model.onnx.data`), Deno.errors.NotFound);
  assertClose(await logitsOf(onnxPath, IDS), referenceLogits(SMALL, weights, IDS), 1e-4);
});

Deno.test("buildModel() names nodes, weights and cache as the exporter does", async () => {
  using folder = temporaryFolder();
  const { graph } = readOnnx(await build(folder.path, SMALL, weightsFor(SMALL)));
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  assert.equal(nodes.size, graph.nodes.length);
  const query = nodes.get("/model/layers.1/self_attn/q_proj/MatMul");
  assert.deepEqual(query?.inputs, [
    "/model/layers.1/input_layernorm/Mul_1_output_0",
    "model.layers.1.self_attn.q_proj.weight",
  ]);
  for (const name of ["/model/embed_tokens/Gather", "/model/norm/Mul_1", "/lm_head/MatMul"]) {
    assert.ok(nodes.has(name), name);
  }
  assert.deepEqual(graph.inputs.map((input) => input.name).slice(0, 4), [
    "input_ids",
    "attention_mask",
    "position_ids",
    "past_key_values.0.key",
  ]);
  assert.deepEqual(graph.outputs.map((output) => output.name).slice(0, 2), [
    "logits",
    "present.0.key",
  ]);
  assert.deepEqual(graph.inputs[3]!.dims, ["batch_size", 2, "past_sequence_length", 6]);
});

Deno.test("buildModel() gives the same random weights for the same seed and others for another", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, vocab_size: 300 };
  const files = [];
  for (const [name, seed] of [["a", 7], ["b", 7], ["c", 8]] as const) {
    const { onnxPath } = await buildModel(config, { outDir: `${folder.path}/${name}`, seed });
    files.push(await Deno.readFile(onnxPath));
  }
  assert.deepEqual(files[0], files[1]);
  assert.notDeepEqual(files[0], files[2]);
});

Deno.test("buildModel() gives a random model a tokenizer that takes any text", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, vocab_size: 300 };
  const { path, parameters } = await buildModel(config, { outDir: `${folder.path}/random` });
  const model = await loadModel(path);
  const text = "Grüße, 漢字 \u0000 🦊";
  assert.equal(model.tokenizer.decode(model.tokenizer.encode(text)), text);
  assert.equal(model.tokenizer.decode([299]), " t299");
  assert.equal(model.features.parameters, parameters);
});

Deno.test("buildModel() reports progress up to all bytes of the weights", async () => {
  using folder = temporaryFolder();
  const calls: [number, number][] = [];
  const { weightBytes } = await buildModel(SMALL, {
    outDir: `${folder.path}/out`,
    onProgress: (done, total) => calls.push([done, total]),
  });
  assert.ok(calls.length > 1 && calls.every(([, total]) => total === weightBytes));
  assert.equal(calls.at(-1)![0], weightBytes);
  assert.deepEqual(calls, calls.toSorted((a, b) => a[0] - b[0]));
});

Deno.test("buildModel() leaves nothing behind when the weights end too early", async () => {
  using folder = temporaryFolder();
  const bytes = safetensors(weightsFor(SMALL), "F32");
  await Deno.writeFile(`${folder.path}/w.safetensors`, bytes.subarray(0, bytes.length - 100));
  await assert.rejects(
    buildModel(SMALL, { weights: `${folder.path}/w.safetensors`, outDir: `${folder.path}/out` }),
    (error) =>
      error instanceof InputError && /ends at byte \d+, the file has \d+/.test(error.message),
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name), [
    "w.safetensors",
  ]);
});

Deno.test("buildModel() leaves nothing behind when a weight is missing half way", async () => {
  using folder = temporaryFolder();
  const weights = weightsFor(SMALL);
  weights.delete("model.layers.1.mlp.up_proj.weight");
  await assert.rejects(build(folder.path, SMALL, weights), /no weight "model.layers.1.mlp.up_proj/);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name), [
    "w.safetensors",
  ]);
});

Deno.test("buildModel() refuses a checkpoint of more layers than the config says", async () => {
  using folder = temporaryFolder();
  await assert.rejects(
    build(folder.path, { ...SMALL, num_hidden_layers: 1 }, weightsFor(SMALL)),
    /no place for 9 weights: "model.layers.1.input_layernorm.weight"/,
  );
});

Deno.test("buildModel() takes a folder whose weights lie in several files", async () => {
  using folder = temporaryFolder();
  const weights = weightsFor(SMALL);
  const all = [...weights];
  const weight_map: Record<string, string> = {};
  for (
    const [file, part] of [["1.safetensors", all.slice(0, 9)], [
      "2.safetensors",
      all.slice(9),
    ]] as const
  ) {
    await Deno.writeFile(`${folder.path}/${file}`, safetensors(new Map(part), "BF16"));
    for (const [name] of part) weight_map[name] = file;
  }
  const index = `${folder.path}/model.safetensors.index.json`;
  await Deno.writeTextFile(index, JSON.stringify({ weight_map }));
  const { onnxPath } = await buildModel(SMALL, {
    weights: folder.path,
    outDir: `${folder.path}/out`,
  });
  assertClose(await logitsOf(onnxPath, IDS), referenceLogits(SMALL, weights, IDS), 1e-4);
});

Deno.test("buildModel() lets be what old checkpoints keep beside their weights", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, tie_word_embeddings: true };
  const weights = weightsFor(config);
  weights.set("lm_head.weight", { shape: [1], values: new Float32Array(1) });
  weights.set("model.layers.0.self_attn.rotary_emb.inv_freq", {
    shape: [1],
    values: new Float32Array(1),
  });
  await build(folder.path, config, weights);
});

Deno.test("buildModel() reads GPT-2 as its authors saved it, masks included", async () => {
  using folder = temporaryFolder();
  const fixture = FAMILY_FIXTURES.find(({ name }) => name === "gpt2")!;
  const bare = new Map(
    [...familyWeights(fixture)].map(([name, weight]) => [
      name.replace(/^transformer\./, ""),
      weight,
    ]),
  );
  bare.set("h.0.attn.bias", { shape: [1, 1, 1], values: new Float32Array(1) });
  await Deno.writeFile(`${folder.path}/w.safetensors`, safetensors(bare, "F32"));
  const { onnxPath } = await buildModel(fixture.config, {
    weights: `${folder.path}/w.safetensors`,
    outDir: `${folder.path}/out`,
  });
  assertClose(await logitsOf(onnxPath, fixture.ids), fixture.logits[11]!, 1e-4);
});

Deno.test("buildModel() finds weights whose names lack the outermost module", async () => {
  using folder = temporaryFolder();
  const weights = weightsFor(SMALL);
  const bare = new Map(
    [...weights].map(([name, weight]) => [name.replace(/^model\./, ""), weight]),
  );
  const onnxPath = await build(folder.path, SMALL, bare);
  assertClose(await logitsOf(onnxPath, IDS), referenceLogits(SMALL, weights, IDS), 1e-4);
});

Deno.test("buildModel() stops on a signal and leaves nothing behind", async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  await assert.rejects(
    buildModel(SMALL, {
      outDir: `${folder.path}/out`,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    }),
    { name: "AbortError" },
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("buildModel() refuses weights of another shape", async () => {
  using folder = temporaryFolder();
  await assert.rejects(
    build(folder.path, { ...SMALL, hidden_size: 26 }, weightsFor(SMALL)),
    /"model.embed_tokens.weight" is \[40,24\], the config needs \[40,26\]/,
  );
});

Deno.test("buildModel() says so when the folder cannot be written", async () => {
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  await assert.rejects(
    buildModel(SMALL, { outDir: `${folder.path}/file/out` }),
    (error) => error instanceof InputError && /Cannot write the model folder/.test(error.message),
  );
});

Deno.test("buildModel() shows no model when it is killed half way", async () => {
  using folder = temporaryFolder();
  const build = new URL("../../../lib/model/build/mod.ts", import.meta.url).href;
  const config = { ...SMALL, hidden_size: 512, intermediate_size: 4096, num_hidden_layers: 40 };
  await Deno.writeTextFile(
    `${folder.path}/build.ts`,
    `import { buildModel } from ${JSON.stringify(build)};
     await buildModel(${JSON.stringify(config)}, {
       outDir: ${JSON.stringify(`${folder.path}/out`)},
       onProgress: () => console.log("piece"),
     });`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", `${folder.path}/build.ts`],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.equal((await reader.read()).done, false);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  assert.throws(() => Deno.statSync(`${folder.path}/out`), Deno.errors.NotFound);
});
