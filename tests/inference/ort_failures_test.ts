import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { ortNode } from "../../lib/inference/ort_node.ts";
import { GraphWriter, Type } from "../fixtures/decoders/graph_writer.ts";
import { TINY, tinyDecoder } from "../fixtures/decoders/mod.ts";
import { temporaryFolder } from "../model/checkpoints.ts";

/** Loads the bytes and runs the ids; the message of the `InputError` that this ends with. */
async function failure(bytes: Uint8Array, ids = [1, 2]): Promise<string> {
  using folder = temporaryFolder();
  const onnxPath = `${folder.path}/model.onnx`;
  await Deno.writeFile(onnxPath, bytes);
  const { heads, headDim } = TINY;
  const features = { numHeads: heads, numKvHeads: heads, headDim };
  const facts = { onnxPath, inputNames: null, slidingWindow: null, contextLength: null, features };
  let message = "";
  await assert.rejects(async () => {
    await using session = await ortNode.openSession(facts, { threads: 1 });
    await session.run(ids);
  }, (error) => {
    assert.ok(error instanceof InputError, `${error}`);
    message = error.message;
    // One line, nothing about the runtime's own source, nothing that a terminal would obey.
    assert.doesNotMatch(message, /onnxruntime_src|\.cc:|[^\P{C}]/u);
    return true;
  });
  return message;
}

/** A decoder whose cache and logits are what `make` makes of ids and cache. */
function broken(
  make: (graph: GraphWriter, ids: string, past: string) => string,
  type: number = Type.FLOAT,
): Uint8Array {
  const graph = new GraphWriter();
  const ids = graph.input("input_ids", Type.INT64, ["batch", "n"]);
  const past = graph.input("past_0", type, ["batch", 2, "past", 8]);
  const made = make(graph, ids, past);
  graph.output("present_0", type, ["batch", 2, "past", 8], made);
  graph.output("logits", type, ["batch", "n", 8], made);
  return graph.bytes();
}

const WHOLE = tinyDecoder();
const BFLOAT16 = 16;

const CASES: [string, Uint8Array, RegExp][] = [
  ["a file without content", new Uint8Array(), /the file is cut or no ONNX model/],
  ["a cut file", WHOLE.slice(0, WHOLE.length / 2), /Protobuf parsing failed.*the file is cut/],
  ["text", new TextEncoder().encode("no model, just words"), /no ONNX model/],
  [
    "a cycle",
    broken((graph, _ids, past) => {
      const sum = graph.op("Add", [past, "Mul_2"]);
      graph.op("Mul", [sum, sum]);
      return sum;
    }),
    /not acyclic.*put together wrong/,
  ],
  [
    "types that do not fit",
    broken((graph, ids, past) => graph.op("Add", [past, ids])),
    /Type Error: .*bound to different types.*put together wrong/,
  ],
  [
    "an operator of another runtime",
    broken((graph, _ids, past) => graph.ops("Fancy", [past], 1, {}, "com.acme")[0]!),
    /com\.acme.*no CPU kernel/,
  ],
  [
    "a type that the binding cannot pass",
    broken((graph, _ids, past) => graph.op("Identity", [past]), BFLOAT16),
    /bfloat16; onnxruntime-node cannot pass.*fp32 or fp16/,
  ],
  [
    "a cache that does not fit its own graph",
    broken((graph, _ids, past) => graph.op("Reshape", [past, graph.ints([3, 5])])),
    /failed on 2 tokens after 0: .*Reshape.*; check/,
  ],
];

for (const [name, bytes, message] of CASES) {
  Deno.test(`Session says in one line what to do about ${name}`, async () => {
    assert.match(await failure(bytes), message);
  });
}

Deno.test("Session says what to do about ids that the graph does not know", async () => {
  assert.match(await failure(WHOLE, [5000]), /idx=5000.*an id, or its place.*more than the model/);
  assert.match(await failure(WHOLE, new Array(70).fill(1)), /on 70 tokens after 0: .*idx=64/);
});

Deno.test("Session fails with an InputError, or runs, whatever byte of a model is broken", async () => {
  const step = Deno.env.get("TOKENWATT_LONG") === "1" ? 29 : 293;
  let failed = 0;
  for (let at = 0; at < WHOLE.length; at += step) {
    const bytes = WHOLE.slice();
    bytes[at]! ^= 0xff;
    try {
      await failure(bytes);
      failed++;
    } catch (error) {
      assert.match(`${error}`, /Missing expected rejection/); // a weight or a name: it runs
    }
  }
  assert.ok(failed > 0);
});
