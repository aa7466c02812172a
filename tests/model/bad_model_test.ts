import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { testUnless } from "../gate/needs.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";
import { llamaTokenizer } from "./tokenizers.ts";
import { checkExternalData } from "../../lib/model/external_data.ts";
import type { OnnxModel, TensorInfo } from "../../lib/model/onnx_reader.ts";
import { checkDecoder, tokenizerWarnings } from "../../lib/model/vouch.ts";
import { Structure } from "./structures.ts";

async function refused(loading: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(loading, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"), "one line");
    return true;
  });
}

/** A whole model in a folder of its own, weights beside the graph. */
async function whole(folder: string): Promise<string> {
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, {
    outDir: `${folder}/a model – ünïcödé 模型`,
    externalDataAboveBytes: 0,
  });
  return path;
}

Deno.test("loadModel() opens folders whose names have spaces and other scripts", async () => {
  using folder = temporaryFolder();
  const model = await loadModel(await whole(folder.path));
  assert.equal(model.name, "a model – ünïcödé 模型");
  assert.deepEqual(model.warnings, []);
});

Deno.test("loadModel() refuses links that run in a circle", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  await Deno.symlink("loop-b", `${folder.path}/loop-a`);
  await Deno.symlink("loop-a", `${folder.path}/loop-b`);
  await refused(loadModel(`${folder.path}/loop-a`), /Cannot (read|load|find) .*loop-a/);
  for (const name of ["config.json", "tokenizer.json", "model.onnx"]) {
    await Deno.remove(`${path}/${name}`);
    await Deno.symlink(name, `${path}/${name}`);
    await refused(loadModel(path), new RegExp(name));
    await Deno.remove(`${path}/${name}`);
    await Deno.writeTextFile(`${path}/${name}`, "{}");
  }
});

Deno.test("loadModel() does not wait for a pipe", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  for (const name of ["config.json", "tokenizer.json"]) {
    const keep = await Deno.readFile(`${path}/${name}`);
    await Deno.remove(`${path}/${name}`);
    await new Deno.Command("mkfifo", { args: [`${path}/${name}`] }).output();
    await refused(loadModel(path), /not a plain file/);
    await Deno.remove(`${path}/${name}`);
    await Deno.writeFile(`${path}/${name}`, keep);
  }
  await new Deno.Command("mkfifo", { args: [`${folder.path}/pipe.onnx`] }).output();
  await refused(loadModel(`${folder.path}/pipe.onnx`), /not a plain file/);
});

Deno.test("loadModel() does not read a configuration of gigabytes", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  await Deno.truncate(`${path}/config.json`, 3 * 2 ** 30);
  await refused(loadModel(path), /config.json": it has 3221225472 bytes/);
});

Deno.test("loadModel() refuses deeply nested JSON and texts that are none", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  for (const content of ["[".repeat(200_000), '{"a":'.repeat(200_000), "\u0000\u0001", ""]) {
    await Deno.writeTextFile(`${path}/config.json`, content);
    await refused(loadModel(path), /config.json/);
  }
});

const asRoot = Deno.uid() === 0 ? "root may read every file" : null;
testUnless(asRoot, "loadModel() refuses a file that it may not read", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  await Deno.chmod(`${path}/config.json`, 0o000);
  await refused(loadModel(path), /config.json.*permission denied/);
});

Deno.test("loadModel() refuses weights that are a link out of the folder", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  await Deno.rename(`${path}/model.onnx.data`, `${folder.path}/elsewhere`);
  await Deno.symlink("../elsewhere", `${path}/model.onnx.data`);
  await refused(loadModel(path), /a link out of its folder, which ONNX Runtime refuses; copy/);
});

Deno.test("loadModel() warns of a vocabulary that is not the graph's", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel({ ...SMALL, vocab_size: 400 }, { outDir: `${folder.path}/m` });
  const { tokenizer, config } = llamaTokenizer();
  await Deno.writeTextFile(`${path}/tokenizer.json`, JSON.stringify(tokenizer));
  await Deno.writeTextFile(`${path}/tokenizer_config.json`, JSON.stringify(config));
  const { warnings } = await loadModel(path);
  assert.match(warnings.join(), /tokenizer has 271 ids where the model has 400 tokens/);
});

Deno.test("loadModel() takes the vocabulary from the graph where the config says another", async () => {
  using folder = temporaryFolder();
  const path = await whole(folder.path);
  const config = JSON.parse(await Deno.readTextFile(`${path}/config.json`));
  await Deno.writeTextFile(`${path}/config.json`, JSON.stringify({ ...config, vocab_size: 9000 }));
  const { features } = await loadModel(path);
  assert.equal(features.vocabSize, 300);
});

Deno.test("tokenizerWarnings() accept padding and doubt the rest", () => {
  assert.deepEqual(tokenizerWarnings(151_665, 151_936), []); // Qwen2.5
  assert.deepEqual(tokenizerWarnings(32_011, 32_064), []); // Phi-3
  assert.deepEqual(tokenizerWarnings(50_265, 50_272), []); // OPT
  assert.deepEqual(tokenizerWarnings(null, 100), []);
  assert.equal(tokenizerWarnings(32_001, 32_000).length, 1);
  assert.equal(tokenizerWarnings(1000, 32_000).length, 1);
});

function withInputs(...names: string[]): OnnxModel {
  const { graph } = new Structure();
  graph.inputs = names.map((name) => ({ name, dataType: 7, dims: [] }));
  return { path: "decoder.onnx", producer: "", producerVersion: "", graph };
}

Deno.test("checkDecoder() refuses parts of models that read more than text", () => {
  for (const name of ["inputs_embeds", "pixel_values", "encoder_hidden_states", "input_features"]) {
    const model = withInputs(name, "attention_mask");
    assert.throws(
      () => checkDecoder(model, null),
      new RegExp(`input "${name}" comes from another`),
    );
  }
  checkDecoder(withInputs("input_ids", "attention_mask"), null);
});

/** A model with one weight that lies in `weights.bin` of 1,000 bytes, as told. */
async function externally(
  external: { location?: string; offset?: number; length?: number | null },
): Promise<void> {
  using folder = temporaryFolder();
  await Deno.writeFile(`${folder.path}/weights.bin`, new Uint8Array(1000));
  await Deno.writeFile(`${folder.path}/model.onnx`, new Uint8Array(1));
  const tensor: TensorInfo = {
    name: "w",
    dims: [100],
    dataType: 1,
    elements: 100,
    byteLength: 400,
    external: { location: "weights.bin", offset: 0, length: 400, ...external },
  };
  const model = withInputs("input_ids");
  model.path = `${folder.path}/model.onnx`;
  model.graph.initializers.push(tensor);
  checkExternalData(model);
}

const EXTERNAL: [what: string, external: Parameters<typeof externally>[0], message: RegExp][] = [
  ["an offset past the end", { offset: 700 }, /"w" ends at byte 1100, "weights.bin" has 1000/],
  ["a length past the end", { length: 1001 }, /ends at byte 1001/],
  ["no length and too little left", { offset: 601, length: null }, /ends at byte 1001/],
  ["an offset below 0", { offset: -8 }, /400 bytes at -8/],
  ["an offset that is no number", { offset: NaN }, /at NaN/],
  ["a length too short for the shape", { length: 396 }, /has 396 bytes where its shape \[100\]/],
  ["a path out of the folder", { location: "../weights.bin" }, /lie outside of its folder/],
  ["an absolute path", { location: "/etc/passwd" }, /lie outside of its folder/],
  ["a path that winds out", { location: "a/../../b" }, /lie outside of its folder/],
  ["no path", { location: "" }, /lie outside of its folder/],
  ["a folder", { location: "." }, /are no plain file/],
];
for (const [what, external, message] of EXTERNAL) {
  Deno.test(`checkExternalData() refuses ${what}`, async () => {
    await refused(externally(external), message);
  });
}

Deno.test("checkExternalData() accepts weights up to the last byte", async () => {
  await externally({ offset: 600 });
  await externally({ offset: 600, length: null });
});
