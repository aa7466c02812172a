import assert from "node:assert/strict";
import { resolve } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";

/** Sets variables for as long as the test lasts. */
function environment(values: Record<string, string | null>): Disposable {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | null | undefined) =>
    value === null || value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  for (const [name, value] of Object.entries(values)) set(name, value);
  return { [Symbol.dispose]: () => before.forEach(([name, value]) => set(name, value)) };
}

const NO_HUB = { HF_HUB_CACHE: null, HUGGINGFACE_HUB_CACHE: null, HF_HOME: null };

/** A model as huggingface_hub lays it down: blobs, and links to them by name. */
async function fetchInto(cache: string, id: string, hash: string): Promise<string> {
  const home = `${cache}/models--${id.replace("/", "--")}`;
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, {
    outDir: `${cache}/.built-${hash}`,
    externalDataAboveBytes: 0,
  });
  const snapshot = `${home}/snapshots/${hash}`;
  for (const folder of [`${home}/blobs`, `${home}/refs`, `${snapshot}/onnx`]) {
    Deno.mkdirSync(folder, { recursive: true });
  }
  for (const { name } of [...Deno.readDirSync(path)]) {
    const blob = `${name.length}${hash}${name.replaceAll(".", "")}`;
    const below = name.startsWith("model.onnx") ? "onnx/" : "";
    Deno.renameSync(`${path}/${name}`, `${home}/blobs/${blob}`);
    const up = below === "" ? "../.." : "../../..";
    Deno.symlinkSync(`${up}/blobs/${blob}`, `${snapshot}/${below}${name}`);
  }
  Deno.writeTextFileSync(`${home}/refs/main`, hash);
  return snapshot;
}

Deno.test("loadModel() finds a model by its id in the hub's cache, and runs it through its links", async () => {
  using folder = temporaryFolder();
  const snapshot = await fetchInto(folder.path, "an-org/Tiny.Model-1B", "abc123");
  using _ = environment({ ...NO_HUB, HF_HUB_CACHE: folder.path });
  const model = await loadModel("an-org/Tiny.Model-1B");
  assert.equal(model.path, snapshot);
  assert.equal(model.name, "an-org/Tiny.Model-1B");
  assert.equal(model.onnxPath, `${snapshot}/onnx/model.onnx`);
  const { openSession } = await import("../../lib/inference/mod.ts");
  await using session = await openSession(model, { threads: 1 });
  assert.equal((await session.run([1, 2, 3])).length, 300);
  // The graph's file alone names the same model.
  const again = await loadModel(model.onnxPath);
  assert.equal(again.path, snapshot);
  assert.equal(again.architecture.family, "llama");
});

Deno.test("loadModel() looks for the cache where huggingface_hub does", async () => {
  using folder = temporaryFolder();
  const at = (path: string) => `${folder.path}/${path}`;
  for (const place of ["one", "two/hub", "three/huggingface/hub", "four/.cache/huggingface/hub"]) {
    await fetchInto(at(place), "org/m", "h".repeat(place.length));
  }
  const all = {
    HF_HUB_CACHE: at("one"),
    HF_HOME: at("two"),
    XDG_CACHE_HOME: at("three"),
    HOME: at("four"),
  };
  for (const [index, name] of Object.keys(all).entries()) {
    const left = Object.fromEntries(Object.entries(all).slice(index));
    const gone = Object.fromEntries(Object.keys(all).slice(0, index).map((key) => [key, null]));
    using _ = environment({ ...NO_HUB, ...left, ...gone });
    const { path } = await loadModel("org/m");
    assert.ok(path.startsWith(all[name as keyof typeof all]), `${name}: ${path}`);
  }
});

Deno.test("loadModel() takes the snapshot that main names, else the only one", async () => {
  using folder = temporaryFolder();
  await fetchInto(folder.path, "org/m", "old");
  const latest = await fetchInto(folder.path, "org/m", "new");
  using _ = environment({ ...NO_HUB, HF_HUB_CACHE: folder.path });
  assert.equal((await loadModel("org/m")).path, latest);
  Deno.removeSync(`${folder.path}/models--org--m/refs/main`);
  await assert.rejects(loadModel("org/m"), /deno task pull org\/m/);
  Deno.removeSync(`${folder.path}/models--org--m/snapshots/old`, { recursive: true });
  assert.equal((await loadModel("org/m")).path, latest);
});

Deno.test("loadModel() prefers a folder of that name to the cache", async () => {
  using folder = temporaryFolder();
  await fetchInto(folder.path, "models/tinytales", "abc");
  using _ = environment({ ...NO_HUB, HF_HUB_CACHE: folder.path });
  const { path } = await loadModel("models/tinytales");
  assert.equal(path, resolve(import.meta.dirname!, "../../models/tinytales"));
});

Deno.test("loadModel() says how to get a model that is not in the cache", async () => {
  using folder = temporaryFolder();
  using _ = environment({ ...NO_HUB, HF_HUB_CACHE: folder.path });
  await assert.rejects(loadModel("org/absent"), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /"org\/absent".*nor in the cache.*deno task pull org\/absent/);
    return true;
  });
  for (const odd of ["../etc/passwd", "org/..", "org/a/b", "/", "org\\m"]) {
    await assert.rejects(loadModel(odd), InputError);
  }
});

Deno.test("loadModel() says that a download was interrupted", async () => {
  using folder = temporaryFolder();
  const snapshot = await fetchInto(folder.path, "org/m", "abc");
  using _ = environment({ ...NO_HUB, HF_HUB_CACHE: folder.path });
  Deno.removeSync(Deno.realPathSync(`${snapshot}/onnx/model.onnx.data`));
  await assert.rejects(
    loadModel("org/m"),
    /model.onnx.data" is a link to a file that is not there/,
  );
  Deno.removeSync(Deno.realPathSync(`${snapshot}/onnx/model.onnx`));
  await assert.rejects(loadModel("org/m"), /model.onnx": it is a link to a file that is not there/);
});
