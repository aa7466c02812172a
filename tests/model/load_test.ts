import assert from "node:assert/strict";
import { resolve } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { safetensors, SMALL, temporaryFolder, weightsFor } from "./checkpoints.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const TINYTALES = `${ROOT}/models/tinytales`;

async function refused(path: string, message: RegExp, precision?: string): Promise<void> {
  await assert.rejects(loadModel(path, { precision }), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"), "one line");
    return true;
  });
}

/** tinytales' files in a folder of their own, without what was built. */
function copyTinytales(to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isFile } of Deno.readDirSync(TINYTALES)) {
    if (isFile) Deno.copyFileSync(`${TINYTALES}/${name}`, `${to}/${name}`);
  }
}

/** Loads a model in a process of its own; resolves to the ONNX path or the error that it printed. */
async function loadElsewhere(
  path: string,
  permissions: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const code = `
    const { loadModel } = await import(${JSON.stringify(`file://${ROOT}/lib/model/mod.ts`)});
    await loadModel(${JSON.stringify(path)}).then(
      (model) => console.log(model.onnxPath, Deno.statSync(model.onnxPath).size),
      (error) => console.log(error.name + ": " + error.message),
    );`;
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/load.ts`, code);
  const flags = ["-q", "--no-prompt", "--no-lock", "--config", `${ROOT}/deno.json`];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, ...permissions, `${folder.path}/load.ts`],
    cwd: options.cwd ?? ROOT,
    env: options.env ?? {},
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("loadModel() describes the shipped model", async () => {
  const model = await loadModel("models/tinytales");
  assert.equal(model.name, "tinytales");
  assert.equal(model.path, TINYTALES);
  assert.equal(model.contextLength, 512);
  assert.deepEqual(model.generation, { bosTokenId: 0, eosTokenIds: [1] });
  assert.equal(model.slidingWindow, null);
  assert.equal(model.inputNames, null);
  // Per layer: q and o 192 × 192, k and v 192 × 64, three MLP matrices 192 × 512, two norms.
  const layers = 6 * (2 * 192 * 192 + 2 * 192 * 64 + 3 * 192 * 512);
  assert.deepEqual(model.features, {
    parameters: 2_558_400,
    parametersByPart: {
      embedding: 1024 * 192,
      attention: 6 * (2 * 192 * 192 + 2 * 192 * 64),
      mlp: 6 * 3 * 192 * 512,
      experts: 0,
      norms: 13 * 192,
      lm_head: 0,
      other: 0,
    },
    activeParameters: 2_558_400,
    numLayers: 6,
    numExperts: null,
    expertsPerToken: null,
    slidingWindow: null,
    blockSize: null,
    // The tied head is the embedding, read whole.
    flopsPerToken: {
      base: 2 * (layers + 1024 * 192),
      perContextToken: 6 * 4 * 6 * 32,
      perWindowToken: 0,
    },
    bytesPerToken: {
      base: 10_233_600,
      perContextToken: 6 * 2 * 2 * 32 * 4,
      perWindowToken: 0,
    },
    hiddenSize: 192,
    intermediateSize: 512,
    numHeads: 6,
    numKvHeads: 2,
    headDim: 32,
    vocabSize: 1024,
    precision: "fp32",
    weightBytes: 10_233_600,
    kvBytesPerToken: 6 * 2 * 2 * 32 * 4,
  });
});

Deno.test("loadModel() opens the shipped model at every precision", async () => {
  const bytes = [];
  for (const precision of ["fp32", "fp16", "int8", "int4"]) {
    const { features } = await loadModel("models/tinytales", { precision });
    assert.equal(features.precision, precision);
    assert.equal(features.parameters, 2_558_400, precision);
    bytes.push(features.weightBytes);
  }
  assert.equal(bytes[1], 5_116_800);
  assert.ok(bytes[0]! > bytes[1]! && bytes[1]! > bytes[2]! && bytes[2]! > bytes[3]!, `${bytes}`);
});

Deno.test("loadModel() finds the shipped model from any working folder", async () => {
  using folder = temporaryFolder();
  const printed = await loadElsewhere("models/tinytales", ["-A"], { cwd: folder.path });
  assert.ok(printed.startsWith(TINYTALES), printed);
});

Deno.test("loadModel() prefers a folder below the working folder to the shipped one", async () => {
  using folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/models`);
  copyTinytales(`${folder.path}/models/tinytales`);
  const printed = await loadElsewhere("models/tinytales", ["-A"], { cwd: folder.path });
  assert.ok(
    printed.startsWith(`${Deno.realPathSync(folder.path)}/models/tinytales/.built/`),
    printed,
  );
});

Deno.test("loadModel() builds one whole model when two processes load it first at once", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  const printed = await Promise.all(
    Array.from({ length: 3 }, () => loadElsewhere(`${folder.path}/m`, ["-A"])),
  );
  const size = (await Deno.stat((await loadModel(`${folder.path}/m`)).onnxPath)).size;
  for (const line of printed) assert.ok(line.endsWith(`model.onnx ${size}`), line);
  const built = [...Deno.readDirSync(`${folder.path}/m/.built`)].map((entry) => entry.name);
  assert.equal(built.length, 2, `.gitignore and one build, not ${built}`);
});

Deno.test("loadModel() builds in the user's cache where the folder cannot be written", async () => {
  using folder = temporaryFolder();
  const cache = `${folder.path}/cache`;
  copyTinytales(`${folder.path}/m`);
  const permissions = ["--allow-read", "--allow-env=XDG_CACHE_HOME", `--allow-write=${cache}`];
  const env = { XDG_CACHE_HOME: cache };
  const printed = await loadElsewhere(`${folder.path}/m`, permissions, { env });
  assert.ok(printed.startsWith(`${cache}/tokenwatt/models/m-`), printed);
  const again = await loadElsewhere(`${folder.path}/m`, permissions.slice(0, 2), { env });
  assert.equal(again, printed);
});

Deno.test("loadModel() says which permission is missing when it can build nowhere", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  const printed = await loadElsewhere(`${folder.path}/m`, ["--allow-read"]);
  assert.match(printed, /^InputError: Cannot build .*--allow-write=/);
});

Deno.test("loadModel() builds again when the weights have changed", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  const first = (await loadModel(`${folder.path}/m`)).onnxPath;
  assert.equal((await loadModel(`${folder.path}/m`)).onnxPath, first);
  await Deno.utime(`${folder.path}/m/model.safetensors`, 1e9, 1e9);
  assert.notEqual((await loadModel(`${folder.path}/m`)).onnxPath, first);
});

Deno.test("loadModel() names models that are there when one is not", async () => {
  await refused("models/nope", /Cannot find the model "models\/nope".*tinytales/);
  await refused("meta-llama/Llama-3.2-1B", /Cannot find the model "meta-llama\/Llama-3.2-1B"/);
  await refused("", /Cannot load the model|Cannot find the model/);
});

Deno.test("loadModel() refuses a file that is not ONNX", async () => {
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/model.txt`, "x");
  await refused(`${folder.path}/model.txt`, /not named .onnx/);
  await Deno.writeTextFile(`${folder.path}/model.onnx`, "this is a text");
  await refused(`${folder.path}/model.onnx`, /as an ONNX model/);
});

Deno.test("loadModel() refuses truncated weights of a checkpoint", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  await Deno.truncate(`${folder.path}/m/model.safetensors`, 4_000_000);
  await refused(`${folder.path}/m`, /ends at byte \d+, the file has 4000000.*truncated/);
});

Deno.test("loadModel() refuses truncated weights of an ONNX file", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel({ ...SMALL, vocab_size: 300 }, {
    outDir: `${folder.path}/m`,
  });
  await Deno.truncate(onnxPath, (await Deno.stat(onnxPath)).size - 1000);
  await refused(`${folder.path}/m`, /past the end.*truncated/);
});

Deno.test("loadModel() refuses external data that is missing or short", async () => {
  using folder = temporaryFolder();
  const { path, externalData } = await buildModel({ ...SMALL, vocab_size: 300 }, {
    outDir: `${folder.path}/m`,
    externalDataAboveBytes: 0,
  });
  assert.equal(externalData, true);
  await loadModel(path);
  await Deno.truncate(`${path}/model.onnx.data`, 10_000);
  await refused(path, /ends at byte \d+, "model.onnx.data" has 10000/);
  await Deno.remove(`${path}/model.onnx.data`);
  await refused(path, /"model.onnx.data" is missing/);
});

Deno.test("loadModel() opens a model without tokenizer, which then takes ids only", async () => {
  using folder = temporaryFolder();
  const { path, onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  for (const place of [path, onnxPath]) {
    const model = await loadModel(place);
    assert.throws(
      () => model.tokenizer.encode("text"),
      (error) => error instanceof InputError && /has no tokenizer.json/.test(error.message),
    );
    assert.equal(model.tokenizer.decode([1, 2]), "");
    assert.match(model.warnings.join(), /no tokenizer: it takes token ids/);
  }
});

Deno.test("loadModel() refuses a tokenizer of another kind of file", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  await Deno.writeTextFile(`${folder.path}/m/tokenizer.json`, '{"model": {"type": "Strange"}}');
  await refused(`${folder.path}/m`, /Cannot use the tokenizer/);
  await Deno.writeTextFile(`${folder.path}/m/tokenizer.json`, "[");
  await refused(`${folder.path}/m`, /tokenizer.json" as JSON/);
});

Deno.test("loadModel() refuses a folder whose config is missing or broken", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, { outDir: `${folder.path}/m` });
  await Deno.writeTextFile(`${path}/config.json`, "{ not JSON");
  await refused(path, /config.json" as JSON/);
  await Deno.writeTextFile(`${path}/config.json`, "null");
  await refused(path, /found null/);
  await Deno.remove(`${path}/config.json`);
  await refused(path, /has no config.json/);
});

Deno.test("loadModel() refuses a folder without a model, and one with several", async () => {
  using folder = temporaryFolder();
  await refused(folder.path, /holds no .onnx file/);
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  await Deno.copyFile(onnxPath, `${folder.path}/a.onnx`);
  await Deno.copyFile(onnxPath, `${folder.path}/b.onnx`);
  await refused(folder.path, /found a.onnx, b.onnx/);
});

Deno.test("loadModel() refuses a precision that the folder does not have", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, { outDir: `${folder.path}/m` });
  await refused(path, /at precision "fp16": model.onnx is fp32/, "fp16");
  await refused("models/tinytales", /at precision "int3"/, "int3");
});

Deno.test("loadModel() builds a checkpoint of F32 weights too", async () => {
  using folder = temporaryFolder();
  copyTinytales(`${folder.path}/m`);
  const config = { ...SMALL, vocab_size: 1024 };
  await Deno.writeTextFile(`${folder.path}/m/config.json`, JSON.stringify(config));
  await Deno.writeFile(
    `${folder.path}/m/model.safetensors`,
    safetensors(weightsFor(config), "F32"),
  );
  assert.equal((await loadModel(`${folder.path}/m`)).architecture.numLayers, 2);
});
