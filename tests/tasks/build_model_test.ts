import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";
import { ended, runTask, spawnTask } from "./run_task.ts";

Deno.test("build-model writes a model from a config beside the user, and says what to do next", async () => {
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/config.json`, JSON.stringify(SMALL));
  const { code, stdout, stderr } = await runTask(
    "build-model",
    ["config.json", "--out", "built", "--seed", "5"],
    { cwd: folder.path },
  );
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  const [before, result, next] = stdout.split("\n");
  assert.match(before!, /^writing 33\.5 kB of .* that are free, about 1 s$/);
  assert.match(result!, /^llama with 8,376 parameters at fp32: 33\.5 kB in model\.onnx$/);
  assert.match(next!, /^next: deno task profile --model .*built$/);
  const { architecture } = await loadModel(`${folder.path}/built/model.onnx`);
  assert.equal(architecture.numLayers, 2);
});

Deno.test("build-model takes weights and precision, and prints JSON alone with --json", async () => {
  using folder = temporaryFolder();
  const { code, stdout } = await runTask("build-model", [
    "models/tinytales",
    "--weights",
    "models/tinytales",
    "--precision",
    "fp16",
    "--out",
    `${folder.path}/half`,
    "--json",
  ]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    family: "llama",
    precision: "fp16",
    path: `${folder.path}/half`,
    onnxPath: `${folder.path}/half/model.onnx`,
    parameters: 2_558_400,
    weightBytes: 2 * 2_558_400,
    externalData: false,
  });
  const model = await loadModel(`${folder.path}/half`);
  assert.equal(model.features.precision, "fp16");
  assert.ok(model.tokenizer.encode("Once upon a time").length > 1);
});

Deno.test("build-model --like builds a published architecture in part, and says so", async () => {
  using folder = temporaryFolder();
  const args = ["--like", "smollm2-135m", "--layers", "2", "--precision", "int4", "--activations"];
  const out = ["fp16", "--block-size", "64", "--asymmetric", "--out", "part"];
  const { code, stdout, stderr } = await runTask("build-model", [...args, ...out], {
    cwd: folder.path,
  });
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /\n2 of 30 layers: multiply what layers cost by 15; embeddings and head are/,
  );
  assert.match(
    stdout,
    /\nsmollm2-135m with 35,392,320 parameters at int4: 75\.7 MB in model.onnx\n/,
  );
  const { features, architecture } = await loadModel(`${folder.path}/part`);
  assert.deepEqual([features.precision, features.blockSize], ["int4", 64]);
  assert.equal(features.kvBytesPerToken, 2 * 2 * 3 * 64 * 2);
  assert.deepEqual([architecture.numLayers, architecture.coverage], [2, 1]);
});

Deno.test("build-model --list shows each architecture's parameters, and bytes at each precision", async () => {
  const { code, stdout } = await runTask("build-model", ["--list"]);
  assert.equal(code, 0);
  assert.match(stdout, /^name +family +parameters +fp32 +fp16 +int8 +int4\n/);
  assert.match(
    stdout,
    /\nllama-3\.1-8b +llama +8,030,261,248 +32\.1 GB +16\.1 GB +9\.61 GB +6\.79 GB\n/,
  );
  const json = JSON.parse((await runTask("build-model", ["--list", "--json"])).stdout);
  assert.deepEqual(json[0], {
    name: "gpt2",
    id: "openai-community/gpt2",
    family: "gpt2",
    parameters: 124_439_808,
    weightBytes: { ...json[0].weightBytes, fp32: 4 * 124_439_808, fp16: 2 * 124_439_808 },
  });
});

const REFUSED: [string, (folder: string) => string[], RegExp][] = [
  ["no folder to write", (at) => [`${at}/good`], /without a folder to write; add --out/],
  ["no architecture", () => ["--out", "m"], /without an architecture; .*--like NAME/],
  ["two architectures", (at) => [`${at}/good`, "--like", "gpt2", "--out", "m"], /of two arch/],
  ["an unknown preset", () => ["--like", "gpt3", "--out", "m"], /did you mean "gpt2"\?/],
  ["too many layers", () => ["--like", "gpt2", "--layers", "13", "--out", "m"], /it has 12/],
  ["layers of a config", (at) => [`${at}/good`, "--layers", "1", "--out", "m"], /with --like/],
  [
    "weights of a preset",
    () => ["--like", "gpt2", "--weights", "w", "--out", "m"],
    /'--weights <path>' cannot be used with option '--like <name>'/,
  ],
  [
    "a block that no operator has",
    (at) => [`${at}/good`, "--out", "m", "--precision", "int4", "--block-size", "48"],
    /blockSize 48; use 16, 32, 64, 128/,
  ],
  [
    "int4's options at another precision",
    (at) => [`${at}/good`, "--out", "m", "--precision", "int8", "--activations", "fp16"],
    /at int8 with fp16 activations/,
  ],
  ["no config", (at) => [`${at}/none.json`, "--out", "m"], /^error: Cannot read ".*none.json"/],
  ["a folder without config", (at) => [at, "--out", "m"], /^error: Cannot read ".*config.json"/],
  ["text for a config", (at) => [`${at}/text`, "--out", "m"], /as JSON/],
  ["an unknown family", (at) => [`${at}/mamba`, "--out", "m"], /model_type "mamba"; .*"mixtral"/],
  ["another precision", (at) => [`${at}/good`, "--out", "m", "--precision", "int3"], /int3/],
  [
    "weights that are not there",
    (at) => [`${at}/good`, "--out", "m", "--weights", "w"],
    /^error: Cannot read ".*\/w"/,
  ],
  [
    "a folder without weights",
    (at) => [`${at}/good`, "--out", "m", "--weights", at],
    /holds no model.safetensors/,
  ],
  [
    "a folder with a checkpoint as the one to write",
    (at) => [`${at}/good`, "--out", `${at}/trained`],
    /into ".*trained": it holds the checkpoint model\.safetensors, whose config .* written over/,
  ],
  [
    "a name that no disk takes",
    (at) => [`${at}/good`, "--out", `${at}/${"x".repeat(300)}`],
    /Cannot write the model folder .*name too long/,
  ],
  [
    "more than the disk holds",
    (at) => [`${at}/vast`, "--out", "m"],
    /it takes \d+ bytes, the disk has \d+ left; free some space/,
  ],
];

for (const [what, args, says] of REFUSED) {
  Deno.test(`build-model refuses ${what} with one line and exit code 2`, async () => {
    using folder = temporaryFolder();
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder.path}/${name}`, text);
    await write("text", "not JSON");
    await write("good", JSON.stringify(SMALL));
    await write("mamba", JSON.stringify({ ...SMALL, model_type: "mamba" }));
    const vast = { hidden_size: 65536, intermediate_size: 2 ** 18, num_hidden_layers: 30 };
    await write("vast", JSON.stringify({ ...SMALL, ...vast }));
    await Deno.mkdir(`${folder.path}/trained`);
    await write("trained/model.safetensors", "weights that took months");
    const { code, stdout, stderr } = await runTask("build-model", args(folder.path), {
      cwd: folder.path,
    });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1);
    assert.throws(() => Deno.statSync(`${folder.path}/m`), Deno.errors.NotFound);
  });
}

Deno.test("build-model ends with 130 on Ctrl-C and leaves nothing behind", async () => {
  using folder = temporaryFolder();
  const large = { ...SMALL, hidden_size: 1024, intermediate_size: 8192, num_hidden_layers: 60 };
  await Deno.writeTextFile(`${folder.path}/config.json`, JSON.stringify(large));
  const child = spawnTask("build-model", ["config.json", "--out", "m"], { cwd: folder.path });
  while ([...Deno.readDirSync(folder.path)].length === 1) {
    await new Promise((r) => setTimeout(r, 20));
  }
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended(child);
  assert.equal(code, 130);
  assert.match(stderr, /Stopping; nothing is left behind \(Ctrl-C: quit now\)/);
  assert.match(stdout, /^writing .*\n$/);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name), ["config.json"]);
});

Deno.test("build-model --help shows its options and examples", async () => {
  const { code, stdout } = await runTask("build-model", ["--help"]);
  assert.equal(code, 0);
  const parts = ["--weights", "--precision", "--seed", "--like", "--layers", "--list"];
  for (const part of [...parts, "Examples:", "Exit codes:"]) {
    assert.ok(stdout.includes(part), part);
  }
});
