import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import { ModelThread } from "../../lib/profile/model_thread.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { GraphWriter, Type } from "../fixtures/decoders/graph_writer.ts";
import { temporaryFolder } from "../model/checkpoints.ts";

/** Tokens of an answer that goes well. More than the run-up before the measured answer has. */
const GOOD = 90;
const PROMPT = [1, 2];

/** A decoder that, after so many tokens, wants `late` numbers at once, or looks for the one there. */
function spoiltDecoder(late: { numbers?: number; index?: number }): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter();
  const ids = graph.input("input_ids", Type.INT64, ["batch", "n"]);
  const shape = ["batch", 2, "past", 8];
  const past = graph.input("past_key_values.0.key", Type.FLOAT, shape);
  const count = (value: string, axis: number) =>
    graph.op("Gather", [graph.op("Shape", [value]), graph.ints([axis])]);
  const length = count(ids, 1);
  const room = graph.op("Concat", [
    graph.ints([1, 2]),
    length,
    graph.ints([8]),
  ], { axis: 0 });
  const rows = graph.op("Expand", [graph.floats([0], [1, 1, 1, 1]), room]);
  const cache = graph.op("Concat", [past, rows], { axis: 2 });
  const isLate = graph.op("GreaterOrEqual", [
    count(past, 2),
    graph.ints([PROMPT.length + GOOD - 1]),
  ]);
  const choose = (late: number, usual: number) =>
    graph.op("Where", [isLate, graph.ints([late]), graph.ints([usual])]);
  const many = graph.op("Expand", [graph.floats([1], [1]), choose(late.numbers ?? 1, 1)]);
  const one = graph.op("Gather", [many, choose(late.index ?? 0, 0)]);
  const table = Float32Array.from({ length: 32 * 32 }, (_, i) => i % 33 === 1 ? 1 : 0);
  const found = graph.op("Gather", [graph.floats(table, [32, 32]), ids]);
  const logits = graph.op("Add", [found, one]);
  graph.output("present.0.key", Type.FLOAT, shape, cache);
  graph.output("logits", Type.FLOAT, ["batch", "n", 32], logits);
  return graph.bytes();
}

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
    Deno.writeFileSync(path, spoiltDecoder(late));
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
