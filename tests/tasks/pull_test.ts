import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { COMMIT, FakeHub, type HubModel, small } from "../model/hub/fake_hub.ts";
import { bytesOf, modelFiles, modelOf, tree } from "../model/hub/scene.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";
import { type Ended, ended, runTask, spawnTask } from "./run_task.ts";

const FILES = await modelFiles();
const ID = "an-org/Tiny.Model-1B";
const TOKEN = "hf_thisIsSecret";

interface Scene extends AsyncDisposable {
  hub: FakeHub;
  /** The folder that the user is in. */
  home: string;
  /** The usual cache of this test's user. */
  cache: string;
  env: Record<string, string>;
  pull(...args: string[]): Promise<Ended>;
}

function scene(models: Record<string, HubModel> = { [ID]: modelOf(FILES) }): Scene {
  const folder = temporaryFolder();
  const hub = new FakeHub(models);
  const env: Record<string, string> = {
    HF_ENDPOINT: hub.url,
    HF_HOME: `${folder.path}/hf`,
    HF_HUB_CACHE: "",
    HUGGINGFACE_HUB_CACHE: "",
    HF_TOKEN: "",
    HF_HUB_OFFLINE: "",
  };
  return {
    hub,
    home: folder.path,
    cache: `${folder.path}/hf/hub`,
    env,
    pull: (...args) => runTask("pull", args, { env, cwd: folder.path }),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** The names that a snapshot shows. */
function shown(cache: string, id = ID): string[] {
  return tree(`${cache}/models--${id.replace("/", "--")}/snapshots/${COMMIT}`);
}

function parts(cache: string): string[] {
  return tree(cache).filter((path) => path.endsWith(".incomplete"));
}

Deno.test("pull fetches what a model needs, and no other variant; --model ID then finds it", async () => {
  await using at = scene();
  const { hub, cache, env, pull } = at;
  const { code, stdout, stderr } = await pull(ID);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^an-org\/Tiny.Model-1B at main \(0123456789ab\): \d+ files, .* fetched\n/);
  assert.match(stdout, /\nalso on the hub: onnx\/model_fp16\.onnx \(.* kB\)\n/);
  assert.match(stdout, /\nnext: deno task profile --model an-org\/Tiny.Model-1B\n$/);
  const described = Object.keys(FILES).filter((path) => !path.startsWith("onnx/"));
  assert.deepEqual(shown(cache), [...described, "onnx/model.onnx", "onnx/model.onnx.data"].sort());
  assert.equal(hub.askedFor("fp16").length, 0);
  assert.equal(Deno.readTextFileSync(`${cache}/models--an-org--Tiny.Model-1B/refs/main`), COMMIT);
  // The task itself, which has no network permission.
  const flags = ["--max-new-tokens", "2", "--baseline-seconds", "0.5", "--min-seconds", "0.1"];
  const db = ["--db", `${cache}/runs.db`, "--warmup", "0", "--power", "rig:m4max", "--json"];
  const profiled = await runTask("profile", ["abc", "--model", ID, ...flags, ...db], { env });
  assert.equal(profiled.code, 0, profiled.stderr);
  assert.equal(JSON.parse(profiled.stdout).tokens.length, 2);
});

Deno.test("pull asks for nothing twice, and prints JSON alone with --json", async () => {
  await using at = scene();
  const { hub, cache, pull } = at;
  const first = JSON.parse((await pull(ID, "--precision", "fp16", "--json")).stdout);
  const contents = hub.askedFor("resolve/").length;
  const { code, stdout } = await pull(ID, "--precision", "fp16", "--json", "-q");
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { ...first, fetchedBytes: 0 });
  assert.equal(hub.askedFor("resolve/").length, contents);
  const path = `${cache}/models--an-org--Tiny.Model-1B/snapshots/${COMMIT}`;
  assert.equal(first.path, path);
  assert.equal(first.onnxPath, `${path}/onnx/model_fp16.onnx`);
  assert.equal(first.commit, COMMIT);
  const bytes = first.files.reduce((sum: number, file: { bytes: number }) => sum + file.bytes, 0);
  assert.equal(first.fetchedBytes, bytes);
  const { features } = await loadModel(path);
  assert.equal(features.precision, "fp16");
});

Deno.test("pull --offline finds what is there without asking, and says what is not", async () => {
  await using at = scene();
  const { hub, cache, env, pull } = at;
  const absent = await pull(ID, "--offline");
  assert.equal(absent.code, 2);
  assert.match(
    absent.stderr,
    /^error: Cannot find ".*" at "main" in the cache .*pull it once without/,
  );
  assert.equal(hub.asked.length, 0);
  await pull(ID);
  const asked = hub.asked.length;
  env.HF_HUB_OFFLINE = "1";
  const { code, stdout } = await pull(ID);
  assert.equal(code, 0);
  assert.match(stdout, /all there already\nnext: /);
  const half = await pull(ID, "--precision", "fp16");
  assert.match(half.stderr, /Cannot find ".*" at fp16: it holds onnx\/model.onnx/);
  // A blob that somebody removed.
  const link = `${cache}/models--an-org--Tiny.Model-1B/snapshots/${COMMIT}/onnx/model.onnx.data`;
  Deno.removeSync(Deno.realPathSync(link));
  const lost = await pull(ID);
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /keeps weights in "model.onnx.data", which is not there/);
  assert.equal(hub.asked.length, asked);
});

Deno.test("pull goes on where Ctrl-C stopped it, which ends with 130", async () => {
  await using at = scene();
  const { hub, cache, env, pull } = at;
  const { content } = FILES["onnx/model.onnx.data"]!;
  hub.breaks = ({ isStorage, path }) =>
    isStorage && path.includes(".data") ? { stallAfter: content.length - 100 } : null;
  const child = spawnTask("pull", [ID], { env });
  const stopped = ended(child);
  const size = () => {
    try {
      const [part] = parts(cache);
      return part === undefined ? 0 : Deno.statSync(`${cache}/${part}`).size;
    } catch {
      return 0;
    }
  };
  while (size() < content.length - 100) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const { code, stdout, stderr } = await stopped;
  assert.equal(code, 130, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /stopped; "deno task pull an-org\/Tiny.Model-1B" goes on from here/);
  assert.throws(() => shown(cache), "half a model is not shown");
  hub.breaks = () => null;
  const again = await pull(ID, "--json");
  assert.equal(again.code, 0, again.stderr);
  assert.equal(JSON.parse(again.stdout).fetchedBytes, 100);
  assert.deepEqual(parts(cache), []);
  const { architecture } = await loadModel(JSON.parse(again.stdout).path);
  assert.equal(architecture.numLayers, 2);
});

Deno.test("pull three times at once: each ends well, and every content came once", async () => {
  await using at = scene();
  const { hub, cache, pull } = at;
  hub.breaks = () => ({ slowly: { everyBytes: 20_000, waitMs: 5 } });
  const all = await Promise.all([pull(ID), pull(ID), pull(ID)]);
  for (const { code, stderr } of all) assert.equal(code, 0, stderr);
  assert.equal(hub.asked.filter(({ isStorage }) => isStorage).length, 2);
  assert.deepEqual(parts(cache), []);
  await loadModel(`${cache}/models--an-org--Tiny.Model-1B/snapshots/${COMMIT}`);
});

Deno.test("pull takes a token from a file or HF_TOKEN, and never shows or keeps it", async () => {
  const models = { [ID]: modelOf(FILES, { needsToken: TOKEN }) };
  await using at = scene(models);
  const { hub, cache, env, pull } = at;
  const without = await pull(ID);
  assert.equal(without.code, 2);
  assert.match(
    without.stderr,
    /there is none, or it is private; .*--token-file FILE or set HF_TOKEN/,
  );
  Deno.mkdirSync(cache, { recursive: true });
  Deno.writeTextFileSync(`${cache}/token`, ` ${TOKEN}\n`);
  const said = [await pull(ID, "--token-file", `${cache}/token`)];
  assert.equal(said[0]!.code, 0, said[0]!.stderr);
  Deno.removeSync(`${cache}/token`);
  env.HF_TOKEN = TOKEN;
  hub.breaks = () => ({ status: 500, headers: { "retry-after": "61" } });
  said.push(await pull(ID, "--precision", "fp16"));
  assert.equal(said[1]!.code, 1);
  hub.breaks = () => null;
  said.push(await pull(ID, "--precision", "fp16", "--json"));
  assert.equal(said[2]!.code, 0);
  for (const { stdout, stderr } of said) assert.ok(!(stdout + stderr).includes(TOKEN));
  for (const path of tree(cache)) {
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(`${cache}/${path}`));
    assert.ok(!text.includes(TOKEN), path);
  }
  for (const { isStorage, headers } of hub.asked) {
    assert.ok(!(isStorage && headers.has("authorization")));
  }
});

Deno.test("pull says how to get a gated model, with and without a token", async () => {
  const models = { [ID]: modelOf(FILES, { needsToken: TOKEN, isGated: true }) };
  await using at = scene(models);
  const { hub, env, pull } = at;
  const without = await pull(ID);
  assert.equal(without.code, 2);
  assert.ok(
    without.stderr.includes(`accept it at ${hub.url}/${ID}, make a token at ${hub.url}/se`),
  );
  env.HF_TOKEN = "hf_another";
  const other = await pull(ID);
  assert.equal(other.code, 2);
  assert.match(other.stderr, /the token's account has no access to it; accept the licence at/);
});

Deno.test("pull --revision takes a tag, and leaves main as it is", async () => {
  const other = "f".repeat(40);
  const models = { [ID]: modelOf(FILES, { revisions: { main: COMMIT, "v1/x": other } }) };
  await using at = scene(models);
  const { cache, pull } = at;
  const { code, stdout, stderr } = await pull(ID, "--revision", "v1/x");
  assert.equal(code, 0, stderr);
  const path = `${cache}/models--an-org--Tiny.Model-1B/snapshots/${other}`;
  assert.ok(stdout.includes(`next: deno task profile --model ${path}\n`), stdout);
  const refs = tree(`${cache}/models--an-org--Tiny.Model-1B/refs`);
  assert.deepEqual(refs, ["v1/x"]);
  const missing = await pull(ID, "--revision", "v9");
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /Cannot find the revision "v9" of .*look up its branches and tags/);
});

Deno.test("pull --cache puts the model elsewhere, and says how to profile it there", async () => {
  await using at = scene();
  const { cache, pull } = at;
  const { code, stdout } = await pull(ID, "--cache", "my models");
  assert.equal(code, 0);
  assert.match(stdout, /next: deno task profile --model '\/.*\/my models\/models--an-org/);
  assert.throws(() => Deno.statSync(cache), Deno.errors.NotFound);
});

Deno.test("pull takes a checkpoint that --file names, which loadModel() builds", async () => {
  const { safetensors, weightsFor } = await import("../model/checkpoints.ts");
  const files = {
    "config.json": small(JSON.stringify(SMALL)),
    "model.safetensors": { content: safetensors(weightsFor(SMALL), "F32"), isLfs: true },
  };
  await using at = scene({ [ID]: modelOf(files) });
  const { cache, pull } = at;
  const without = await pull(ID);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /holds model.safetensors \(.*optimum-cli export onnx.*--file "\*/);
  const { code, stdout, stderr } = await pull(ID, "--file", "*.safetensors", "--json");
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).onnxPath, null);
  assert.deepEqual(shown(cache), ["config.json", "model.safetensors"]);
});

Deno.test("pull takes the graph that genai_config.json names, and one folder of several by --file", async () => {
  const graph = FILES["onnx/model_fp16.onnx"]!;
  const genai = (filename: string) =>
    small(JSON.stringify({ model: { type: "llama", decoder: { filename } } }));
  const files = {
    "genai_config.json": genai("second.onnx"),
    "first.onnx": FILES["onnx/model.onnx"]!,
    "second.onnx": graph,
    "cpu/int4/genai_config.json": genai("phi.onnx"),
    "cpu/int4/phi.onnx": { ...graph, isLfs: false },
    "cuda/phi.onnx": graph,
  };
  await using at = scene({ [ID]: modelOf(files), "org/far": modelOf({ "cuda/phi.onnx": graph }) });
  const { cache, pull } = at;
  const named = await pull(ID);
  assert.equal(named.code, 0, named.stderr);
  assert.deepEqual(shown(cache), ["genai_config.json", "second.onnx"]);
  const { stdout, stderr } = await pull(ID, "--file", "cpu/int4/*");
  assert.match(stdout, /next: deno task profile --model \/.*\/cpu\/int4\n$/, stderr);
  assert.deepEqual(shown(cache), [
    "cpu/int4/genai_config.json",
    "cpu/int4/phi.onnx",
    "genai_config.json",
    "second.onnx",
  ]);
  const far = await pull("org/far");
  assert.equal(far.code, 2);
  assert.match(
    far.stderr,
    /several folders: cuda\/phi.onnx .*choose one, as with --file "cuda\/\*"/,
  );
});

Deno.test("pull tries again after a server error, and waits as long as it is told", async () => {
  await using at = scene();
  const { hub, pull } = at;
  hub.breaks = (_, count) => count <= 2 ? { status: 503, headers: { "retry-after": "0" } } : null;
  const { code, stdout, stderr } = await pull(ID, "--json");
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).commit, COMMIT);
  const why = `the list of files of "${ID}": it answered with 503; trying again in 0 s\n`;
  assert.equal(stderr, why + why);
});

Deno.test("pull follows a model that was renamed, and keeps it under the name that was asked for", async () => {
  await using at = scene();
  const { hub, cache, pull } = at;
  hub.breaks = ({ path }) =>
    path.includes("old-org/m/") || path.includes("old-org/m?")
      ? { status: 307, headers: { location: path.replace("old-org/m", ID) } }
      : null;
  const { code, stderr } = await pull("old-org/m");
  assert.equal(code, 0, stderr);
  assert.ok(shown(cache, "old-org/m").includes("onnx/model.onnx"));
});

Deno.test("pull gives up a hub that is silent, and one that is not there", async () => {
  await using at = scene();
  const { hub, env, pull } = at;
  hub.breaks = () => ({ stallAfter: 3, headers: { "retry-after": "0" } });
  const silent = pull(ID, "--timeout", "0.1", "-q");
  const absent = runTask("pull", [ID], { env: { ...env, HF_ENDPOINT: "http://127.0.0.1:2" } });
  for (const { code, stdout, stderr } of [await silent, await absent]) {
    assert.equal(code, 1, stderr);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /error: Cannot get the list of files of ".*": .*; see that http.* can be reached and run the same/,
    );
  }
});

const LIES: [string, (hub: FakeHub) => void, number, RegExp][] = [
  [
    "allows no more requests",
    (hub) => hub.breaks = () => ({ status: 429, headers: { "retry-after": "3600" } }),
    1,
    /no more requests for now \(429\); run the same command again in 3600 s/,
  ],
  [
    "sends a page in place of an answer",
    (hub) => hub.breaks = () => ({ body: new TextEncoder().encode("<html>log in</html>") }),
    1,
    /does not answer as a hub; check HF_ENDPOINT/,
  ],
  [
    "lists files in a circle",
    (hub) =>
      hub.breaks = ({ path }) =>
        path.includes("/tree/") ? { headers: { link: `<${hub.url}${path}>; rel="next"` } } : null,
    1,
    /lists the files of ".*" without end/,
  ],
  [
    "names a commit that is a path",
    (hub) => hub.models[ID]!.revisions.main = "../../../../etc",
    1,
    /names "\.\.\/.*" for a commit/,
  ],
  [
    "names a file outside of the cache",
    (hub) => hub.models[ID]!.files["../../evil"] = small("x"),
    1,
    /names a file "\.\.\/\.\.\/evil", which would not lie in the cache/,
  ],
  [
    "names a hash that is a path",
    (hub) => {
      const file = hub.models[ID]!.files["onnx/model.onnx"]!;
      hub.models[ID]!.files["onnx/model.onnx"] = { ...file, lies: { hash: "../x" } };
    },
    1,
    /names "\.\.\/x" for a hash/,
  ],
  [
    "claims more than the disk holds",
    (hub) => {
      const file = hub.models[ID]!.files["onnx/model.onnx"]!;
      hub.models[ID]!.files["onnx/model.onnx"] = { ...file, lies: { bytes: 2 ** 52 } };
    },
    2,
    /it takes 45035\d+ bytes, the disk at .* has \d+ left/,
  ],
  [
    "claims a size that is none",
    (hub) => {
      const file = hub.models[ID]!.files["onnx/model.onnx"]!;
      hub.models[ID]!.files["onnx/model.onnx"] = { ...file, lies: { bytes: -5 } };
    },
    1,
    /says that "onnx\/model.onnx" has -5 bytes/,
  ],
  [
    "sends other bytes than it promised",
    (hub) => {
      const body = bytesOf(FILES["onnx/model.onnx.data"]!.content.length);
      hub.breaks = ({ path, isStorage }) => isStorage && path.includes(".data") ? { body } : null;
    },
    1,
    /"onnx\/model.onnx.data" is not what the hub promised: its checksum .* deleted, run the same/,
  ],
  [
    "lacks the weights of the graph",
    (hub) => delete hub.models[ID]!.files["onnx/model.onnx.data"],
    2,
    /keeps weights in "model.onnx.data", which is not there; choose another/,
  ],
];

for (const [what, lie, exit, says] of LIES) {
  Deno.test(`pull ends with ${exit} and one line where the hub ${what}`, async () => {
    await using at = scene({ [ID]: modelOf({ ...FILES }) });
    const { hub, cache, pull } = at;
    lie(hub);
    const { code, stdout, stderr } = await pull(ID);
    assert.equal(code, exit, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.throws(() => tree(`${cache}/models--an-org--Tiny.Model-1B/refs`));
  });
}

const REFUSED: [string, string[], RegExp, Record<string, string>?][] = [
  ["no id", [], /missing required argument 'id'/],
  ["a path", ["./models/x"], /"\.\/models\/x": it is no id of a model; write it as ORG\/NAME/],
  ["an address", ["https://huggingface.co/a/b"], /it is no id of a model/],
  ["a way out of the cache", ["../.."], /it is no id of a model/],
  ["a model that is not there", ["a/b"], /Cannot find "a\/b" at .*check the spelling/],
  ["a revision that is a path", [ID, "--revision", "../x"], /Cannot use the revision/],
  ["a precision that is none", [ID, "--precision", "../x"], /a name such as int4/],
  ["a precision that is not there", [ID, "--precision", "int4"], /at int4: it holds onnx/],
  ["a pattern that fits nothing", [ID, "--file", "x*"], /match "x\*"; its .onnx files are/],
  ["a token file that is not there", [ID, "--token-file", "none"], /Cannot read the token/],
  ["a folder for a token", [ID, "--token-file", "/"], /Cannot use "\/" as a token/],
  ["two tokens", [ID], /Cannot use HF_TOKEN as a token/, { HF_TOKEN: "hf_a hf_b" }],
  ["an endpoint that is none", [ID], /the address in HF_ENDPOINT/, { HF_ENDPOINT: "hub" }],
  ["a cache that is a file", [ID, "--cache", "file"], /Cannot write into the cache ".*file": /],
  ["no patience", [ID, "--timeout", "0"], /It must be a number, 0.1 to 3600/],
];

for (const [what, args, says, more] of REFUSED) {
  Deno.test(`pull refuses ${what} with one line and exit code 2`, async () => {
    await using at = scene();
    const { env, home, pull } = at;
    Object.assign(env, more);
    Deno.writeTextFileSync(`${home}/file`, "");
    const { code, stdout, stderr } = await pull(...args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.ok(!stderr.includes("hf_a"));
  });
}

Deno.test("pull --help shows its options, examples and exit codes", async () => {
  const { code, stdout } = await runTask("pull", ["--help"]);
  assert.equal(code, 0);
  for (const part of ["--token-file", "--offline", "HF_ENDPOINT", "Examples:", "Exit codes:"]) {
    assert.ok(stdout.includes(part), part);
  }
});

Deno.test("pull's packages are the root's and the hub's client, which no other task fetches", async () => {
  const read = async (path: string) =>
    await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  const { "@huggingface/hub": client, ...shared } =
    JSON.parse(await read("tasks/pull/deno.json")).imports;
  assert.match(client, /^npm:@huggingface\/hub@\d+\.\d+\.\d+$/);
  const root = JSON.parse(await read("deno.json")).imports;
  for (const [name, specifier] of Object.entries(shared)) assert.equal(specifier, root[name]);
  assert.ok(!(await read("deno.lock")).includes("@huggingface/hub"));
});
