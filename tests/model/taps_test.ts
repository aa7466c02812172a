import assert from "node:assert/strict";
import { basename } from "node:path";
import { openSession, type TappedTensor } from "../../lib/inference/mod.ts";
import {
  buildModel,
  type DecoderConfig,
  loadModel,
  type Model,
  tapModel,
} from "../../lib/model/mod.ts";
import { ProtoFile } from "../../lib/model/proto_reader.ts";
import { Message } from "../../lib/model/proto_writer.ts";
import { editModel, noEdits } from "../../lib/model/taps_bytes.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";
import { sharedTest } from "./shared_data.ts";
import { merged } from "./taps_merged.ts";

interface Run {
  logits: Float32Array[];
  passes: Map<string, TappedTensor>[];
}

/** Logits of a prompt and two more tokens, and what the taps gave. */
async function run(model: Model, tapped?: ReturnType<typeof tapModel>): Promise<Run> {
  const passes: Run["passes"] = [];
  await using session = tapped === undefined
    ? await openSession(model, { threads: 1 })
    : await openSession(tapped.model, { threads: 1 }, {
      modelBytes: tapped.bytes,
      taps: tapped.outputs,
      onTaps: (tensors) => passes.push(new Map(tensors)),
    });
  const logits: Float32Array[] = [];
  for (const ids of [[5, 17, 3, 20, 8, 21], [9], [11]]) logits.push(await session.run(ids));
  return { logits, passes };
}

/** Module outputs change no bit, the deep metrics' tensors little; every site has values. */
async function assertUnchanged(model: Model): Promise<void> {
  const { logits } = await run(model);
  const modules = tapModel(model);
  const tapped = await run(model, modules);
  assert.deepEqual(tapped.logits, logits);
  assert.ok(modules.outputs.length > 10);
  for (const [i, pass] of tapped.passes.entries()) {
    for (const { layer, component, output, reason } of modules.sites) {
      const at = `${basename(model.path)}, pass ${i}, layer ${layer}, ${component}`;
      assert.equal(output === null, reason !== null, at);
      if (output === null) continue;
      const data = pass.get(output)!.data;
      assert.ok(data instanceof Float32Array && data.length > 0, at);
    }
  }
  const deep = await run(model, tapModel(model, { deep: true }));
  for (const [i, row] of deep.logits.entries()) {
    row.forEach((logit, j) => assert.ok(Math.abs(logit - logits[i]![j]!) < 1e-3, `logit ${j}`));
  }
}

for (const precision of ["fp32", "fp16"] as const) {
  Deno.test(`tapModel() changes no bit of tinytales' logits in ${precision}`, async () => {
    await assertUnchanged(await loadModel("models/tinytales", { precision }));
  });
}

Deno.test("tapModel() changes no bit where weights lie in a file of their own", async () => {
  using folder = temporaryFolder();
  const { onnxPath, externalData } = await buildModel(SMALL, {
    outDir: `${folder.path}/m`,
    externalDataAboveBytes: 0,
  });
  assert.ok(externalData);
  await assertUnchanged(await loadModel(onnxPath));
});

const families: { name: string; config: DecoderConfig }[] =
  (await Deno.readTextFile(`${import.meta.dirname}/../fixtures/families/families.jsonl`))
    .trim().split("\n").map((line) => JSON.parse(line));

for (const { name, config } of families) {
  Deno.test(`tapModel() changes no bit of the logits of a built ${name}`, async () => {
    using folder = temporaryFolder();
    // On the CPU, half floats are rounded where an operation reads them as they are.
    for (const precision of ["fp32", "fp16"] as const) {
      const outDir = `${folder.path}/${precision}`;
      await assertUnchanged(
        await loadModel((await buildModel(config, { outDir, precision })).onnxPath),
      );
    }
  });
}

const EXPORTS = [
  ["optimum-llama", "model.onnx"],
  ["optimum-qwen2", "model.onnx"],
  ["optimum-phi", "model.onnx"],
  ["optimum-phi3", "model.onnx"],
  ["optimum-mixtral", "model.onnx"],
  ["optimum-gpt2", "model.onnx"],
  ["optimum-gpt_neox", "model.onnx"],
  ["optimum-opt", "model.onnx"],
  ["optimum-gpt2-merged", "decoder_model_merged.onnx"],
  ["genai-gpt2", "past.onnx"],
  ["genai-llama-fp16", "model.onnx"],
] as const;

for (const [folder, file] of EXPORTS) {
  sharedTest(`tapModel() changes no bit of the logits of ${folder}`, folder, async (path) => {
    await assertUnchanged(await loadModel(`${path}/${file}`));
  });
}

const TENSORS: [string, string, [number | null, string, string][]][] = [
  ["optimum-gpt2", "model.onnx", [
    [0, "qkv_proj", "/transformer/h.0/attn/c_attn/Reshape_1_output_0"],
    [1, "attention", "/transformer/h.1/attn/Reshape_3_output_0"],
    [1, "fc1", "/transformer/h.1/mlp/c_fc/Reshape_1_output_0"],
    [null, "lm_head", "logits"],
  ]],
  ["optimum-phi", "model.onnx", [
    [0, "q_proj", "/model/layers.0/self_attn/q_proj/Add_output_0"],
    [1, "fc2", "/model/layers.1/mlp/fc2/Add_output_0"],
  ]],
  ["optimum-phi3", "model.onnx", [
    [0, "qkv_proj", "/model/layers.0/self_attn/qkv_proj/MatMul_output_0"],
    [0, "input_layernorm", "/model/layers.0/input_layernorm/Mul_1_output_0"],
  ]],
  ["optimum-mixtral", "model.onnx", [
    [1, "router", "/model/layers.1/block_sparse_moe/gate/MatMul_output_0"],
    [1, "experts", "/model/layers.1/block_sparse_moe/Reshape_13_output_0"],
  ]],
  ["genai-llama-fp16", "model.onnx", [
    [0, "attention", "/model/layers.0/attn/MultiHeadAttention/output_0"],
    [1, "post_attention_layernorm", "/model/layers.1/post_attention_layernorm/output_0"],
  ]],
  ["optimum-gpt2-merged", "decoder_model_merged.onnx", [
    [0, "qkv_proj", "/transformer/h.0/attn/c_attn/Reshape_1_output_0"],
  ]],
];

for (const [folder, file, expected] of TENSORS) {
  sharedTest(
    `tapModel() takes the last tensor of each module of ${folder}`,
    folder,
    async (path) => {
      const { sites } = tapModel(await loadModel(`${path}/${file}`));
      for (const [layer, component, tensor] of expected) {
        const site = sites.find((s) => s.layer === layer && s.component === component);
        assert.equal(site?.tensor, tensor);
      }
    },
  );
}

sharedTest("tapModel() says what a fused Attention hides", "genai-gpt2", async (path) => {
  const { sites, deep } = tapModel(await loadModel(`${path}/past.onnx`), { deep: true });
  const site = sites.find((s) => s.layer === 0 && s.component === "qkv_proj");
  assert.equal(site?.output, null);
  assert.match(site!.reason!, /inside the fused operation Attention/);
  assert.match(deep!.attention[0]!.reason!, /fused operation Attention/);
});

Deno.test("tapModel() hands tensors out of the branches of a merged decoder", async () => {
  using folder = temporaryFolder();
  const flat = await loadModel((await buildModel(SMALL, { outDir: `${folder.path}/m` })).onnxPath);
  await Deno.writeFile(`${folder.path}/merged.onnx`, merged(flat.onnxPath));
  const both = await loadModel(`${folder.path}/merged.onnx`);
  await assertUnchanged(both);
  const [one, two] = [tapModel(flat, { deep: true }), tapModel(both, { deep: true })];
  const [expected, found] = [await run(flat, one), await run(both, two)];
  assert.equal(two.sites.length, one.sites.length);
  assert.deepEqual(two.deep!.attention.map((tap) => tap.reason), [null, null]);
  for (const { layer, component, output } of one.sites) {
    const other = two.sites.find((s) => s.layer === layer && s.component === component)!;
    for (const [i, pass] of expected.passes.entries()) {
      assert.deepEqual(found.passes[i]!.get(other.output!), pass.get(output!), component);
    }
  }
});

Deno.test("tapModel() takes what the modules' names promise", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, attention_bias: true };
  const model = await loadModel(
    (await buildModel(config, { outDir: `${folder.path}/m` })).onnxPath,
  );
  const tapped = tapModel(model);
  const components = new Set(tapped.sites.filter((s) => s.layer === 1).map((s) => s.component));
  for (
    const component of [
      ...["input_layernorm", "q_proj", "k_proj", "v_proj", "attention", "o_proj"],
      ...["post_attention_layernorm", "gate_proj", "up_proj", "activation", "down_proj"],
    ]
  ) assert.ok(components.has(component), component);
  const { passes, logits } = await run(model, tapped);
  const values = (layer: number | null, component: string) => {
    const site = tapped.sites.find((s) => s.layer === layer && s.component === component)!;
    return passes[1]!.get(site.output!)!.data as Float32Array;
  };
  assert.deepEqual(values(null, "lm_head"), logits[1]);
  const sizes = [["q_proj", 24], ["k_proj", 12], ["attention", 24], ["activation", 20]] as const;
  for (const [component, size] of sizes) assert.equal(values(1, component).length, size);
  // silu(gate) · up, by the plain formula
  const gate = values(1, "gate_proj");
  const up = values(1, "up_proj");
  values(1, "activation").forEach((value, i) => {
    const expected = gate[i]! / (1 + Math.exp(-gate[i]!)) * up[i]!;
    assert.ok(Math.abs(value - expected) < 1e-6, `value ${i}`);
  });
});

Deno.test("tapModel() gives modules' outputs the same names with deep metrics", async () => {
  const model = await loadModel("models/tinytales");
  assert.deepEqual(tapModel(model, { deep: true }).sites, tapModel(model).sites);
});

Deno.test("tapModel() holds no weights and leaves the file as it is", async () => {
  using folder = temporaryFolder();
  const wide = { ...SMALL, vocab_size: 4000, hidden_size: 96, intermediate_size: 512 };
  const built = await buildModel(wide, { outDir: `${folder.path}/m` });
  const before = await Deno.readFile(built.onnxPath);
  const { bytes } = tapModel(await loadModel(built.path), { deep: true });
  assert.ok(before.length > 3e6);
  assert.ok(bytes.length < 1e5, `${bytes.length} bytes`);
  assert.deepEqual(await Deno.readFile(built.onnxPath), before);
});

Deno.test("tapModel() refers to weights that are written as float_data too", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  const bytes = await Deno.readFile(onnxPath);
  let changed = 0;
  {
    using file = new ProtoFile(onnxPath);
    for (const graph of [...file.fields()].filter((field) => field.number === 7)) {
      for (const tensor of [...file.fields(graph.start, graph.end)].filter((f) => f.number === 5)) {
        for (const part of file.fields(tensor.start, tensor.end)) {
          if (part.number !== 9) continue;
          let tag = part.start - 1;
          while (bytes[tag - 1]! >= 0x80) tag--; // the length's first bytes
          assert.equal(bytes[tag - 1], 0x4a);
          bytes[tag - 1] = 0x22; // field 4, packed: the same four bytes a number
          changed++;
        }
      }
    }
  }
  assert.ok(changed > 10);
  await Deno.writeFile(onnxPath, bytes);
  await assertUnchanged(await loadModel(onnxPath));
});

Deno.test("editModel() keeps integers that are no numbers of JavaScript", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/model.onnx`;
  // What torch's exporter writes for a slice to the end: Constant(value_ints=[2^63 - 1]).
  const largest = Uint8Array.of(...Array(8).fill(0xff), 0x7f);
  const ends = new Message().field(1, "value_ints").raw(8, 0, largest).int(20, 7);
  const node = new Message().field(4, "Constant").field(2, "ends").field(5, ends);
  const bytes = new Message().int(1, 8).field(7, new Message().field(1, node)).bytes();
  await Deno.writeFile(path, bytes);
  assert.deepEqual(editModel(path, noEdits()).bytes, bytes);
});

for (const external of [false, true]) {
  const what = external ? "links to a model and its data" : "a link to a model";
  Deno.test(`tapModel() follows ${what} as a hub's cache holds them`, async () => {
    using folder = temporaryFolder();
    const { path } = await buildModel(SMALL, {
      outDir: `${folder.path}/built`,
      externalDataAboveBytes: external ? 0 : 1e9,
    });
    const snapshot = `${folder.path}/snapshots/abc/onnx`;
    await Deno.mkdir(`${folder.path}/blobs`);
    await Deno.mkdir(snapshot, { recursive: true });
    for (const [i, { name }] of [...Deno.readDirSync(path)].entries()) {
      await Deno.rename(`${path}/${name}`, `${folder.path}/blobs/${i}`);
      const place = name.startsWith("model.onnx") ? snapshot : `${folder.path}/snapshots/abc`;
      await Deno.symlink(`${folder.path}/blobs/${i}`, `${place}/${name}`);
    }
    await assertUnchanged(await loadModel(`${snapshot}/model.onnx`));
  });
}
