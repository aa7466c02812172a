import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { openSession, type TappedTensor } from "../../../lib/inference/mod.ts";
import { Holdings } from "../../../lib/inference/ort_ffi/holdings.ts";
import { openLibrary } from "../../../lib/inference/ort_ffi/library.ts";
import { libraryPath } from "../../../lib/inference/ort_ffi/library_path.ts";
import { ortFfi } from "../../../lib/inference/ort_ffi/mod.ts";
import { best } from "../../../lib/inference/sampling.ts";
import { loadModel, type Model, tapModel } from "../../../lib/model/mod.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";

const LONG = Deno.env.get("TOKENWATT_LONG") === "1";
const engine = "ort-ffi";
const PROMPT = [0, 625, 624, 3, 40];

/** Greedy answers, each from an empty cache. */
async function answer(
  model: Model,
  count: number,
  name: "ort-node" | "ort-ffi",
): Promise<number[]> {
  await using session = await openSession(model, { threads: 1, engine: name });
  assert.equal(session.engine, name);
  assert.equal(session.engineNote, null);
  const ids: number[] = [];
  for (let input = PROMPT; ids.length < count; input = [ids.at(-1)!]) {
    ids.push(best(await session.run(input)));
  }
  return ids;
}

Deno.test("ort-ffi gives the tokens of ort-node to the end of the context", async () => {
  const model = await loadModel("models/tinytales");
  const count = LONG ? 500 : 200;
  assert.deepEqual(await answer(model, count, "ort-ffi"), await answer(model, count, "ort-node"));
});

Deno.test("ort-ffi leaves the event loop alive during a pass, and refuses a second one", async () => {
  await using session = await openSession(await loadModel("models/tinytales"), { engine });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const long = session.run(Array.from({ length: 500 }, (_, i) => i));
  await assert.rejects(session.run([1]), /two passes/);
  await long;
  clearInterval(timer);
  assert.ok(turns > 0, "no timer fired");
  assert.equal(session.pastLength, 500);
});

Deno.test("ort-ffi can be reset and released in the middle of a pass", async () => {
  const model = await loadModel("models/tinytales");
  const ids = Array.from({ length: 500 }, (_, i) => i);
  const session = await openSession(model, { engine });
  const first = session.run(ids);
  session.reset();
  await assert.rejects(first, /reset or released/);
  const expected = await session.run(PROMPT);
  session.reset();
  const second = session.run(ids);
  await session.release();
  await assert.rejects(second, /released|terminate/);
  await assert.rejects(session.run(PROMPT), /released/);
  await using other = await openSession(model, { engine });
  assert.deepEqual(await other.run(PROMPT), expected);
});

Deno.test("ort-ffi is stopped at any moment, and answers as before", async () => {
  const model = await loadModel("models/tinytales");
  await using session = await openSession(model, { threads: 2, engine });
  const expected = await session.run(PROMPT);
  const ids = Array.from({ length: 400 }, (_, i) => i);
  let seed = 7;
  let stopped = 0;
  const times = LONG ? 200 : 40;
  for (let i = 0; i < times; i++) {
    seed = seed * 16807 % 2147483647;
    const stop = new AbortController();
    session.reset();
    const timer = setTimeout(() => stop.abort(), seed % 60);
    await session.run(ids, stop.signal).catch((error) => {
      assert.equal(error.name, "AbortError");
      assert.equal(session.pastLength, 0);
      stopped++;
    });
    clearTimeout(timer);
    session.reset();
    assert.deepEqual(await session.run(PROMPT), expected);
  }
  assert.ok(stopped > times / 10, `only ${stopped} of ${times} were stopped`);
});

Deno.test("a worker may be ended in the middle of a pass of ort-ffi", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/worker.ts`;
  const from = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  await Deno.writeTextFile(
    path,
    `import { loadModel } from ${from("../../../lib/model/mod.ts")};
     import { openSession } from ${from("../../../lib/inference/mod.ts")};
     const model = await loadModel("models/tinytales");
     const session = await openSession(model, { engine: "ort-ffi" });
     self.postMessage("begun");
     for (;;) {
       session.reset();
       await session.run(Array.from({ length: 500 }, (_, i) => i));
     }`,
  );
  for (let i = 0; i < (LONG ? 20 : 3); i++) {
    const worker = new Worker(new URL(`file://${path}`), { type: "module" });
    await new Promise((resolve) => worker.onmessage = resolve);
    await new Promise((resolve) => setTimeout(resolve, 7 * i));
    worker.terminate();
  }
  const model = await loadModel("models/tinytales");
  assert.deepEqual(await answer(model, 5, "ort-ffi"), await answer(model, 5, "ort-node"));
});

Deno.test("a process survives the end of its only worker with ort-ffi, in the middle of a pass", async () => {
  using folder = temporaryFolder();
  const from = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  await Deno.writeTextFile(
    `${folder.path}/worker.ts`,
    `import { loadModel } from ${from("../../../lib/model/mod.ts")};
     import { openSession } from ${from("../../../lib/inference/mod.ts")};
     const model = await loadModel("models/tinytales");
     const session = await openSession(model, { engine: "ort-ffi" });
     self.postMessage("begun");
     for (;;) {
       session.reset();
       await session.run(Array.from({ length: 500 }, (_, i) => i));
     }`,
  );
  // Without a session of its own: the library must not go with the worker that opened it.
  await Deno.writeTextFile(
    `${folder.path}/main.ts`,
    `const worker = new Worker(import.meta.resolve("./worker.ts"), { type: "module" });
     await new Promise((resolve) => worker.onmessage = resolve);
     await new Promise((resolve) => setTimeout(resolve, Number(Deno.args[0])));
     worker.terminate();
     await new Promise((resolve) => setTimeout(resolve, 400));
     console.log("survived");`,
  );
  for (const afterMs of LONG ? Array.from({ length: 20 }, (_, i) => 7 * i) : [3, 30]) {
    const { stdout, code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-prompt", "--no-lock", "--no-check", "--config"],
        ...[new URL("../../../deno.json", import.meta.url).pathname, "-A"],
        ...[`${folder.path}/main.ts`, `${afterMs}`],
      ],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "survived\n");
    assert.equal(code, 0);
  }
});

Deno.test("Holdings free what they hold once, and nothing else", () => {
  const { api, allocator } = openLibrary(libraryPath());
  const holdings = new Holdings(api, allocator);
  const memory = holdings.allocate(100);
  const options = holdings.hold(api.make("CreateSessionOptions"), "ReleaseSessionOptions");
  assert.equal(holdings.size, 2);
  holdings.free(memory);
  holdings.free(memory); // what is gone is not freed twice
  holdings.free(12345n); // nor what is not ours
  assert.equal(holdings.size, 1);
  holdings.freeAll();
  holdings.free(options);
  assert.equal(holdings.size, 0);
});

Deno.test("ort-ffi shows what ort-node shows of its inside", async () => {
  using folder = temporaryFolder();
  const model = await loadModel("models/tinytales");
  const tapped = tapModel(model);
  const seen: ReadonlyMap<string, TappedTensor>[] = [];
  for (const name of ["ort-node", engine] as const) {
    const optimizedGraphPath = `${folder.path}/${name}.onnx`;
    await using session = await openSession(tapped.model, { threads: 1, engine: name }, {
      modelBytes: tapped.bytes,
      taps: tapped.outputs,
      onTaps: (tensors) => seen.push(tensors),
      profilePrefix: `${folder.path}/${name}`,
      optimizedGraphPath,
      optimization: "basic",
    });
    assert.equal(session.engine, name);
    await session.run(PROMPT);
    session.endProfiling();
    assert.ok(Deno.statSync(optimizedGraphPath).size > 1000);
  }
  const profiles = [...Deno.readDirSync(folder.path)].filter(({ name }) => name.endsWith(".json"));
  const events = profiles.map(({ name }) => {
    const text = Deno.readTextFileSync(`${folder.path}/${name}`);
    return text.match(/_kernel_time/g)?.length;
  });
  assert.equal(events.length, 2);
  assert.ok(events[0]! > 50);
  assert.equal(events[0], events[1]);
  assert.equal(seen.length, 2);
  assert.deepEqual([...seen[0]!.keys()], [...seen[1]!.keys()]);
  for (const [name, { data, dims }] of seen[0]!) {
    assert.deepEqual(seen[1]!.get(name)!.dims, dims, name);
    assert.deepEqual(seen[1]!.get(name)!.data, data, name);
  }
});

Deno.test("openSession() gives way to ort-node with a note where the library is wrong", async () => {
  using folder = temporaryFolder();
  const from = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  await Deno.writeTextFile(`${folder.path}/wrong.so`, "no library");
  await Deno.writeTextFile(
    `${folder.path}/main.ts`,
    `import { loadModel } from ${from("../../../lib/model/mod.ts")};
     import { openSession } from ${from("../../../lib/inference/mod.ts")};
     const model = await loadModel("models/tinytales");
     await using session = await openSession(model, { engine: "ort-ffi" });
     const logits = await session.run([1, 2]);
     console.log(session.engine, logits.length, session.engineNote);`,
  );
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", "--no-lock", "--config"],
      ...[new URL("../../../deno.json", import.meta.url).pathname, "-A", `${folder.path}/main.ts`],
    ],
    env: { TOKENWATT_ORT_LIBRARY: `${folder.path}/wrong.so`, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assert.equal(text.decode(stderr), "");
  assert.equal(code, 0);
  assert.match(text.decode(stdout), /^ort-node 1024 ort-ffi cannot be used.*wrong\.so.*\n$/);
});

Deno.test("openSession() refuses engines and providers that are not there", async () => {
  const model = await loadModel("models/tinytales");
  const refused = async (options: Record<string, string>, said: RegExp) =>
    await assert.rejects(
      openSession(model, options),
      (error) => error instanceof InputError && said.test(error.message),
    );
  await refused({ engine: "ort-wasm" }, /engine "ort-wasm"; use one of ort-node, ort-ffi/);
  for (const name of ["ort-node", engine]) {
    await refused(
      { engine: name, provider: "tpu" },
      /"tpu": it is not known; (did you mean|use one of).*cpu/,
    );
    const absent = Deno.build.os === "darwin" ? "cuda" : "coreml";
    await refused({ engine: name, provider: absent }, /does not hold it; use one of cpu/);
  }
  assert.equal(ortFfi.providers()[0], "cpu");
});
