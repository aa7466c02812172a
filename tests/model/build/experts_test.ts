import assert from "node:assert/strict";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { buildModel } from "../../../lib/model/mod.ts";
import { Message } from "../../../lib/model/proto_writer.ts";
import { temporaryFolder } from "../checkpoints.ts";

const EXPERTS = 5;
const PER_TOKEN = 2;
const MIXTURE = {
  model_type: "mixtral",
  vocab_size: 40,
  hidden_size: 24,
  intermediate_size: 20,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_local_experts: EXPERTS,
  num_experts_per_tok: PER_TOKEN,
  initializer_range: 0.5,
};
const MOE = "/model/layers.0/block_sparse_moe";
const CHOSEN = `${MOE}/TopK_output_1`;

/** Rows that each expert multiplied, and the choices of the router, for some tokens. */
async function routed(
  onnxPath: string,
  ids: number[],
): Promise<{ rows: number[]; chosen: number[] }> {
  const expertNames = Array.from(
    { length: EXPERTS },
    (_, i) => `${MOE}/experts.${i}/w2/MatMul_output_0`,
  );
  // Protobuf merges a second model that holds nothing but outputs.
  const graph = new Message();
  const output = (name: string, type: number) =>
    graph.field(12, new Message().field(1, name).field(2, tensorOf(type)));
  expertNames.forEach((name) => output(name, 1));
  output(CHOSEN, 7);
  const taps = new Message().field(7, graph).bytes();
  const session = await InferenceSession.create(
    new Uint8Array([...await Deno.readFile(onnxPath), ...taps]),
    { logSeverityLevel: 4 },
  );
  const integers = (values: number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const empty = () => new Tensor("float32", new Float32Array(0), [1, 2, 0, 6]);
  const results = await session.run({
    input_ids: integers(ids),
    attention_mask: integers(ids.map(() => 1)),
    position_ids: integers(ids.map((_, i) => i)),
    "past_key_values.0.key": empty(),
    "past_key_values.0.value": empty(),
  }, [...expertNames, CHOSEN]);
  await session.release();
  return {
    rows: expertNames.map((name) => results[name]!.dims[0]!),
    chosen: [...results[CHOSEN]!.data as BigInt64Array].map(Number),
  };
}

function tensorOf(type: number): Message {
  return new Message().field(1, new Message().int(1, type));
}

Deno.test("buildModel() lets an expert multiply the tokens that chose it and no others", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(MIXTURE, { outDir: `${folder.path}/m`, seed: 3 });
  for (const ids of [[7], [3, 17, 0, 39, 8, 8, 21, 30, 5, 11]]) {
    const { rows, chosen } = await routed(onnxPath, ids);
    assert.equal(chosen.length, ids.length * PER_TOKEN);
    assert.deepEqual(
      rows,
      Array.from({ length: EXPERTS }, (_, i) => chosen.filter((one) => one === i).length),
    );
  }
  const { rows } = await routed(onnxPath, [7]);
  assert.equal(rows.filter((count) => count === 0).length, EXPERTS - PER_TOKEN);
});

Deno.test("buildModel() takes as many experts a token as there are", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel({ ...MIXTURE, num_experts_per_tok: EXPERTS }, {
    outDir: `${folder.path}/m`,
  });
  const graph = await routed(onnxPath, [1, 2, 3]);
  assert.deepEqual(graph.rows, Array(EXPERTS).fill(3));
});
