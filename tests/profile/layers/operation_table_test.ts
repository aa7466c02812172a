import assert from "node:assert/strict";
import { loadModel } from "../../../lib/model/mod.ts";
import { OperationTable } from "../../../lib/profile/layers/operation_table.ts";
import { readProfile } from "../../../lib/profile/layers/profile_file.ts";
import { insideTimes } from "../../../lib/profile/layers/inside_times.ts";
import { warningsOf } from "../../../lib/profile/layers/warnings.ts";
import { type MadePass, profileText } from "../../fixtures/profile_files.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";

const { architecture } = await loadModel("models/tinytales");

function take(table: OperationTable, passes: readonly MadePass[]) {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/p.json`, profileText(passes));
  return table.take(readProfile(`${folder.path}/p.json`));
}

const placesOf = (table: OperationTable) =>
  table.operations.map(({ place }) => `${place.layer} ${place.component}`);

Deno.test("OperationTable.take() places operations by the executed graph, then by the model", () => {
  const table = new OperationTable(architecture, [
    { name: "Gelu_token_3", opType: "Gelu", place: { layer: 4, component: "activation" } },
  ]);
  take(table, [{
    nodes: [
      { name: "Gelu_token_3", op: "Gelu", us: 5 },
      { name: "/model/layers.2/mlp/up_proj/MatMul", op: "MatMul", us: 5 },
      { name: "what", op: "Custom", us: 5 },
    ],
  }]);
  assert.deepEqual(placesOf(table), ["4 activation", "2 up_proj", "null other"]);
});

Deno.test("OperationTable.take() places nodes without a name by the order of their operator", () => {
  const at = (layer: number) => ({ layer, component: "activation" });
  const table = new OperationTable(architecture, [
    { name: "", opType: "Gelu", place: at(0) },
    { name: "", opType: "Add", place: { layer: 0, component: "residual" } },
    { name: "", opType: "Gelu", place: at(1) },
  ]);
  const nodes = [
    { name: "Gelu_17", op: "Gelu", us: 5 },
    { name: "Add_9", op: "Add", us: 5 },
    { name: "Gelu_3", op: "Gelu", us: 5 },
  ];
  take(table, [{ nodes }, { nodes }]);
  assert.deepEqual(placesOf(table), ["0 activation", "0 residual", "1 activation"]);
});

Deno.test("OperationTable.take() keeps operations apart from session to session, by name", () => {
  const table = new OperationTable(architecture, []);
  const a = { name: "/model/layers.0/mlp/up_proj/MatMul", op: "MatMul", us: 5 };
  const b = { name: "/model/layers.1/mlp/up_proj/MatMul", op: "MatMul", us: 7 };
  const [first] = take(table, [{ nodes: [a] }]);
  const [second] = take(table, [{ nodes: [b, a, a] }]);
  assert.deepEqual([...first!.us], [5]);
  assert.deepEqual([...second!.us], [10, 7]);
  assert.deepEqual([...second!.counts], [2, 1]);
});

Deno.test("A CoreML profile gives partitions without a layer, and a warning", () => {
  const provider = "CoreMLExecutionProvider";
  const name = (i: number) => `CoreMLExecutionProvider_CoreML_1747_${i}_${i}`;
  const table = new OperationTable(architecture, []);
  const nodes = [1, 2].map((i) => ({ name: name(i), op: name(i), us: 400, provider }));
  const rest = { name: "/model/layers.0/self_attn/Reshape", op: "Reshape", us: 2 };
  const passes = take(table, [{ nodes: [...nodes, rest] }]);
  assert.deepEqual(placesOf(table), ["null partition", "null partition", "0 attention"]);
  assert.match(warningsOf(table.operations).join(), /2 partition/);
  const durationMs = passes[0]!.durationUs / 1000;
  const token = { passes, forwardMs: durationMs, samplingMs: 0, durationMs };
  const times = insideTimes(table.operations, [token], null, 3);
  assert.equal(times.warnings.length, 1);
  const at = times.places.findIndex(({ component }) => component === "partition");
  assert.ok(times.componentMs[at]! > 0.79 && times.componentMs[at]! <= 0.8);
});

Deno.test("A WebGPU profile gives the GPU's times, without a floor, to the nodes' components", () => {
  const provider = "WebGpuExecutionProvider";
  const table = new OperationTable(architecture, []);
  const shapes = Array.from({ length: 20 }, (_, i) => ({
    name: `/model/layers.${i % 6}/self_attn/Reshape_${i}`,
    op: "Reshape",
    us: 3,
  }));
  const passes = take(table, [{
    nodes: [
      { name: "/model/layers.3/mlp/up_proj/MatMul", op: "MatMul", us: 35, provider, gpuUs: 800 },
      ...shapes,
    ],
    extraUs: 800,
  }]);
  const durationMs = passes[0]!.durationUs / 1000;
  const token = { passes, forwardMs: durationMs, samplingMs: 0, durationMs };
  const times = insideTimes(table.operations, [token], null, 21);
  const at = times.places.findIndex(({ layer, component }) =>
    layer === 3 && component === "up_proj"
  );
  assert.ok(Math.abs(times.componentMs[at]! - 0.8) < 1e-5);
  assert.equal(times.phases[0]!.floorUs, 3);
  assert.deepEqual(times.warnings, []);
});
