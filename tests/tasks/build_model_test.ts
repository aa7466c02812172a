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
  assert.match(stdout, /^llama with 8,376 parameters at fp32: .* in model\.onnx\nnext: deno task/);
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

const REFUSED: [string, (folder: string) => string[], RegExp][] = [
  ["no folder to write", () => ["config.json"], /required option '-o, --out <folder>'/],
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
  const { code, stdout } = await ended(child);
  assert.equal(code, 130);
  assert.equal(stdout, "");
  assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name), ["config.json"]);
});

Deno.test("build-model --help shows its options and examples", async () => {
  const { code, stdout } = await runTask("build-model", ["--help"]);
  assert.equal(code, 0);
  for (const part of ["--weights", "--precision", "--seed", "Examples:", "Exit codes:"]) {
    assert.ok(stdout.includes(part), part);
  }
});
