import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL as toFileUrl } from "node:url";
import { InputError } from "../../lib/errors.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import { ModelThread } from "../../lib/profile/model_thread.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { spoiltDecoder } from "../fixtures/decoders/mod.ts";
import { temporaryFolder } from "../model/checkpoints.ts";

/** Tokens of an answer that goes well. More than the run-up before the measured answer has. */
const GOOD = 90;
const PROMPT = [1, 2];

const CASES = [
  {
    what: "fails in the middle of an answer",
    late: { index: 7 },
    says: /^ONNX Runtime failed on 1 tokens after 91: .*idx=7.*; an id, or its place in the text/,
  },
  {
    what: "wants more memory than there is",
    late: { numbers: 2 ** 44 }, // 64 TiB
    says: /^ONNX Runtime failed on 1 tokens after 91: .*lloc.*; free memory, or use a smaller/,
  },
];

for (const { what, late, says } of CASES) {
  Deno.test(`profile() of a model that ${what} keeps the tokens before, and says why`, async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "model.onnx");
    Deno.writeFileSync(path, spoiltDecoder(PROMPT.length + GOOD - 1, late));
    using database = ProfileDatabase.open(":memory:");
    let message = "";
    await assert.rejects(
      profile(await loadModel(path), PROMPT, {
        source: "estimate",
        baselineSeconds: 0,
        warmup: 0,
        maxNewTokens: 100,
        database,
      }),
      (error: Error) => {
        message = error.message;
        return error instanceof InputError;
      },
    );
    assert.match(message, says);
    const run = database.getRun("last")!;
    assert.deepEqual([run.status, run.reason], ["failed", message]);
    assert.equal(database.getTokens(run.runId).length, GOOD);
    assert.ok(database.getRawPower(run.runId).length > 0, "raw evidence is kept");
  });
}

function program(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

const ORDER = { path: "x", lengths: [1], threads: 1 };

Deno.test("ModelThread rejects what is asked of a thread that crashes, then and later", async () => {
  using thread = new ModelThread(
    program(`self.onmessage = () => setTimeout(() => { throw new Error("broken") })`),
  );
  const ended = /^Error: Cannot go on: the model's thread ended \(.*broken/;
  await assert.rejects(thread.load(ORDER), (error) => ended.test(String(error)));
  await assert.rejects(thread.load(ORDER), (error) => ended.test(String(error)));
});

Deno.test("ModelThread rejects what is asked of a thread that crashed while nobody waited", async () => {
  using thread = new ModelThread(program(`throw new Error("broken")`));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await assert.rejects(thread.load(ORDER), /the model's thread ended/);
});

/** A Worker that throws where nobody catches it, some time after a model's thread began to answer. */
function crashing(folder: string, afterMs: number): typeof Worker {
  const program = import.meta.resolve("../../lib/profile/model_worker.ts");
  const path = join(folder, "crashing_worker.js");
  Deno.writeTextFileSync(
    path,
    `import ${JSON.stringify(program)};
    const obey = self.onmessage;
    self.onmessage = (event) => {
      if (event.data.type === "repeat") setTimeout(() => { throw new Error("broken") }, ${afterMs});
      return obey(event);
    };`,
  );
  return class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(`${url}` === program ? toFileUrl(path) : url, options);
    }
  };
}

Deno.test("profile() whose model's thread crashes ends at once: failed, with what was measured", async () => {
  using folder = temporaryFolder();
  using database = ProfileDatabase.open(":memory:");
  const { Worker } = globalThis;
  globalThis.Worker = crashing(folder.path, 1500);
  try {
    const running = profile(await loadModel("models/tinytales"), "Once upon a time", {
      source: "estimate",
      baselineSeconds: 0,
      warmup: 0,
      minSeconds: 600,
      maxSeconds: 600,
      database,
    });
    await assert.rejects(running, /^Error: Cannot go on: the model's thread ended \(.*broken/);
  } finally {
    globalThis.Worker = Worker;
  }
  const run = database.getRun("last")!;
  assert.equal(run.status, "failed");
  assert.match(run.reason!, /the model's thread ended/);
  assert.ok(database.getTokens(run.runId).length > 0, "tokens before are kept");
  assert.ok(database.getRawPower(run.runId).length > 0, "raw evidence is kept");
});
