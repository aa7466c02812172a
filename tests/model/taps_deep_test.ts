import assert from "node:assert/strict";
import type { NodeInfo, OnnxModel } from "../../lib/model/onnx_reader.ts";
import { takeModuleOutputs } from "../../lib/model/taps.ts";
import { takeDeep } from "../../lib/model/taps_deep.ts";
import { TapCollector } from "../../lib/model/taps_graph.ts";

type Attributes = Record<string, number>;

/** `"component: op(a, b) -> c"`, all in layer 0; what is called bias or weight is a weight. */
function graph(lines: readonly string[], attributes: Record<string, Attributes> = {}) {
  const components = new Map<string, string>();
  const nodes = lines.map((line, i): NodeInfo => {
    const [, component, opType, inputs, outputs] = /^(\w+): (\w+)\((.*)\) -> (.*)$/.exec(line)!;
    const name = `${opType}_${i}`;
    components.set(name, component!);
    const ints = new Map(Object.entries(attributes[opType!] ?? {}));
    const list = (text: string) => text === "" ? [] : text.split(", ");
    const common = { name, opType: opType!, ints, subgraphs: [], scopes: null };
    return { ...common, inputs: list(inputs!), outputs: list(outputs!) } as unknown as NodeInfo;
  });
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const names = new Set(nodes.flatMap((node) => node.inputs).filter((name) => !made.has(name)));
  const model = {
    path: "made.onnx",
    producer: "",
    producerVersion: "",
    graph: {
      nodes,
      initializers: [...names].filter((name) => /bias|weight/.test(name)).map((name) => ({
        name,
        dims: [4],
        dataType: 1,
        elements: 4,
        byteLength: 16,
        external: null,
      })),
      inputs: [...names].filter((name) => !/bias|weight/.test(name))
        .map((name) => ({ name, dataType: 1, dims: [] })),
      outputs: [],
    },
  } as unknown as OnnxModel;
  const collector = new TapCollector(model);
  const componentOf = (name: string) => ({ layer: 0, component: components.get(name) ?? "other" });
  return { collector, architecture: { componentOf } };
}

function deepOf(lines: readonly string[], attributes: Record<string, Attributes> = {}) {
  const { collector, architecture } = graph(lines, attributes);
  const taken = takeDeep(collector, architecture);
  const sources = new Map(
    collector.edits.added.flatMap((node) =>
      node.op === "Empty" ? [] : [[node.output, node.inputs] as const]
    ),
  );
  return { ...taken, sources, edits: collector.edits };
}

for (const opType of ["MoE", "QMoE"]) {
  Deno.test(`takeDeep() reads the router of a fused ${opType}`, () => {
    const lines = ["router: MatMul(x, weight) -> r", `experts: ${opType}(x, r, weight) -> y`];
    const options = { k: 2, normalize_routing_weights: 1 };
    const { routing: [tap], sources, gates } = deepOf(lines, { [opType]: options });
    assert.deepEqual(sources.get(tap!.output!), ["r"]);
    assert.equal(tap!.rows, "logits");
    assert.equal(tap!.chosen, null);
    assert.equal(tap!.experts, 2);
    assert.equal(tap!.normalized, true);
    assert.match(gates[0]!.reason!, new RegExp(`fused operation ${opType}`));
  });
}

Deno.test("takeDeep() does not guess what a sparse mixer chooses", () => {
  const lines = ["router: MatMul(x, weight) -> r", "experts: MoE(x, r, weight) -> y"];
  const { routing } = deepOf(lines, { MoE: { k: 2, use_sparse_mixer: 1 } });
  assert.equal(routing[0]!.output, null);
  assert.match(routing[0]!.reason!, /sparse mixer/);
});

Deno.test("takeDeep() follows a choice among logits to its softmax", () => {
  const { routing: [tap], sources } = deepOf([
    "router: MatMul(x, weight) -> r",
    "router: TopK(r, k) -> values, indices",
    "router: Softmax(values) -> shares",
    "experts: Gather(shares, indices) -> y",
  ]);
  assert.equal(tap!.rows, "logits");
  assert.deepEqual(sources.get(tap!.output!), ["r"]);
  assert.deepEqual(sources.get(tap!.chosen!), ["indices"]);
  assert.deepEqual(sources.get(tap!.weights!), ["shares"]);
});

Deno.test("takeDeep() adds a fused bias to what goes into GELU", () => {
  const { gates: [gate], sources: added } = deepOf([
    "fc1: MatMul(x, weight) -> h",
    "activation: FastGelu(h, bias) -> y",
  ]);
  assert.deepEqual(added.get(gate!.outputs[0]!), ["h", "bias"]);
});

Deno.test("takeDeep() goes back through a written-out GELU to what enters it", () => {
  const { gates: [gate], sources } = deepOf([
    "fc1: MatMul(x, weight) -> h",
    "activation: Pow(h, weight_3) -> a",
    "activation: Mul(a, weight_c) -> b",
    "activation: Add(h, b) -> c",
    "activation: Tanh(c) -> d",
    "activation: Mul(h, d) -> y",
  ]);
  assert.deepEqual(gate!.outputs.map((name) => sources.get(name)), [["h"]]);
});

Deno.test("takeDeep() says where an activation is unknown or has two sources", () => {
  const unknown = deepOf(["fc1: MatMul(x, weight) -> h", "activation: Mystery(h) -> y"]);
  assert.match(unknown.gates[0]!.reason!, /no known activation/);
  const two = deepOf([
    "fc1: MatMul(x, weight) -> h",
    "fc1: MatMul(x, weight_2) -> i",
    "activation: Add(h, i) -> j",
    "activation: Relu(j) -> y",
  ]);
  assert.match(two.gates[0]!.reason!, /several tensors/);
});

Deno.test("takeDeep() asks fused attention for what it computed", () => {
  const fused = deepOf(["attention: GroupQueryAttention(q, k, v) -> y, kk, vv"]);
  assert.equal(fused.attention[0]!.rows, "weights");
  const edits = fused.edits.nodes.get("y")!;
  assert.deepEqual([...edits.outputs], [[3, fused.attention[0]!.output]]);
  assert.deepEqual([...edits.ints], [["qk_output", 2]]);
  const windowed = deepOf(["attention: GroupQueryAttention(q, k, v) -> y"], {
    GroupQueryAttention: { sliding_window_cache: 1 },
  });
  assert.match(windowed.attention[0]!.reason!, /sliding/);
  const multi = deepOf(["attention: MultiHeadAttention(q, k, v) -> y"]);
  assert.equal(multi.attention[0]!.rows, "scores");
});

Deno.test("takeModuleOutputs() knows types through shapes, indices and constants", () => {
  const { collector, architecture } = graph([
    "q_proj: MatMul(x, weight) -> h",
    "q_proj: Shape(h) -> s",
    "q_proj: Reshape(h, s) -> r",
    "attention: Softmax(r) -> y",
    "other: Identity(y) -> z",
  ]);
  const sites = takeModuleOutputs(collector, architecture);
  assert.deepEqual(sites.map(({ component, tensor }) => [component, tensor]), [
    ["q_proj", "r"],
    ["attention", "y"],
  ]);
});

Deno.test("takeModuleOutputs() says why a component has no tensor to take", () => {
  const { collector, architecture } = graph([
    "q_proj: Shape(x) -> s",
    "q_proj: Unknown() -> u",
    "k_proj: Cast(x) -> b",
    "other: Identity(u) -> z",
    "other: Identity(b) -> w",
  ], { Cast: { to: 16 } });
  const reasons = takeModuleOutputs(collector, architecture).map((site) => site.reason);
  assert.match(reasons[0]!, /no tensor leaves it|type of its output is not known/);
  assert.match(reasons[1]!, /element type 16/);
});
