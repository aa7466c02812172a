import assert from "node:assert/strict";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError } from "../../../lib/errors.ts";
import { openSession } from "../../../lib/inference/mod.ts";
import {
  checkComponents,
  cutComponents,
  emptyModel,
  hasOwnWeights,
} from "../../../lib/model/cut/mod.ts";
import { buildModel, loadModel, type Model } from "../../../lib/model/mod.ts";
import { ProtoFile } from "../../../lib/model/proto_reader.ts";
import { SMALL, temporaryFolder } from "../checkpoints.ts";
import { merged } from "../taps_merged.ts";

/** Has the runtime write the graph that it executes, weights beside it. */
async function executed(model: Model, folder: string): Promise<string> {
  const optimizedGraphPath = `${folder}/executed.onnx`;
  await using _session = await openSession(model, {}, { optimization: "all", optimizedGraphPath });
  return optimizedGraphPath;
}

async function small(folder: string): Promise<Model> {
  await buildModel(SMALL, { outDir: `${folder}/m` });
  return await loadModel(`${folder}/m`);
}

Deno.test("cutComponents() gives a component's nodes of all layers, with what crosses its border", async () => {
  using folder = temporaryFolder();
  const model = await loadModel("models/tinytales");
  const { components, refused } = cutComponents(model, await executed(model, folder.path), [
    "q_proj",
    "down_proj",
  ]);
  assert.deepEqual(refused, []);
  assert.deepEqual(components.map(({ component }) => component), ["q_proj", "down_proj"]);
  const [q] = components;
  assert.ok(q);
  assert.equal(q.nodes, 6);
  assert.equal(q.inputs.length, 6);
  assert.equal(q.outputs.length, 6);
  assert.equal(q.weightBytes, 6 * 192 * 192 * 4);
  assert.deepEqual(q.fused, []);
  assert.ok(q.outputs.every(({ name }) => /q_proj/.test(name)));
});

Deno.test("cutComponents() leaves weights in the model's file", async () => {
  using folder = temporaryFolder();
  const model = await loadModel("models/tinytales");
  const cut = cutComponents(model, await executed(model, folder.path), "all");
  const all = cut.components.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(all + cut.shown.bytes.length < 300_000, `${all} bytes of a model of 10 MB`);
});

Deno.test("hasOwnWeights() tells whether the runtime changed any", async () => {
  using folder = temporaryFolder();
  const tied = await loadModel("models/tinytales"); // its lm_head is the embedding, transposed
  assert.equal(hasOwnWeights(tied, await executed(tied, folder.path)), true);
  using other = temporaryFolder();
  const model = await small(other.path);
  assert.equal(hasOwnWeights(model, await executed(model, other.path)), false);
});

Deno.test("cutComponents() says what the executed graph has no operation of, and cuts the rest", async () => {
  using folder = temporaryFolder();
  const model = await small(folder.path);
  const { components, refused } = cutComponents(model, await executed(model, folder.path), [
    "q_proj",
    "moe",
  ]);
  assert.deepEqual(components.map(({ component }) => component), ["q_proj"]);
  assert.deepEqual(refused.map(({ component }) => component), ["moe"]);
});

Deno.test("checkComponents() refuses what a model has not, and names what it has", async () => {
  using folder = temporaryFolder();
  const model = await small(folder.path);
  checkComponents(model, "all");
  checkComponents(model, ["q_proj", "down_proj", "attention"]);
  assert.throws(
    () => checkComponents(model, ["q_proj", "moe"]),
    (error) =>
      error instanceof InputError && /"moe"; use one of .*q_proj, .*or all/.test(error.message),
  );
});

Deno.test("cutComponents() refuses a merged decoder, and says what to do", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await small(folder.path);
  Deno.writeFileSync(`${folder.path}/m/merged.onnx`, merged(onnxPath));
  const model = await loadModel(`${folder.path}/m/merged.onnx`);
  const path = await executed(model, folder.path);
  assert.throws(
    () => cutComponents(model, path, "all"),
    (error) => error instanceof InputError && /inside the branches of an If/.test(error.message),
  );
});

Deno.test("a cut is a whole ONNX file, with the operators' versions of the graph", async () => {
  using folder = temporaryFolder();
  const model = await small(folder.path);
  const { components } = cutComponents(model, await executed(model, folder.path), ["o_proj"]);
  const path = `${folder.path}/cut.onnx`;
  Deno.writeFileSync(path, components[0]!.bytes);
  using file = new ProtoFile(path);
  const fields = [...file.fields()].map(({ number }) => number);
  for (const needed of [1, 7, 8]) assert.ok(fields.includes(needed), `field ${needed}`);
});

Deno.test("emptyModel() takes any inputs and puts out zeros of one shape", async () => {
  const float = { name: "x", dataType: 1 };
  const bytes = emptyModel([float, { name: "ids", dataType: 7 }], {
    name: "y",
    dataType: 1,
    dims: [2, 3],
  });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const { y } = await session.run({
    x: new Tensor("float32", new Float32Array(4).fill(7), [4]),
    ids: new Tensor("int64", new BigInt64Array(1), [1, 1]),
  }, ["y"]);
  assert.deepEqual(y?.dims, [2, 3]);
  assert.deepEqual([...y!.data as Float32Array], [0, 0, 0, 0, 0, 0]);
  await session.release();
});
