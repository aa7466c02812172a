/**
 * Where tensors of a graph can be taken out: its nodes by scope, the element types of what they
 * compute, and the collecting of wanted tensors into edits of the model file.
 *
 * A merged decoder keeps everything inside the two branches of an `If`. A tensor in there is no
 * output of the model, but it can be one of the branch and so of the `If`: both branches hand out
 * theirs under one name, and the graph that runs stays the one that runs without taps.
 *
 * @module
 */
import type { GraphInfo, NodeInfo, OnnxModel } from "./onnx_reader.ts";
import { DataType } from "./onnx_types.ts";
import { type AddedNode, editsOf, type GraphEdits, noEdits } from "./taps_bytes.ts";

/** A list of nodes that see each other's tensors: the model's, or those of one branch. */
export interface Scope {
  nodes: readonly NodeInfo[];
  /** The node that computes a tensor. */
  producers: ReadonlyMap<string, NodeInfo>;
  /** The nodes that read a tensor. */
  consumers: ReadonlyMap<string, readonly NodeInfo[]>;
  /** Names of the scope's own outputs. */
  outputs: readonly string[];
  /** Element types, where they can be told. */
  types: Map<string, number>;
  /** What is to be added to the graph. */
  edits: GraphEdits;
}

/** The tensor of each scope; `null` where a scope has none. */
export type ByScope = readonly (string | null)[];

/** Collects tensors to be taken out of a model. */
export class TapCollector {
  /** The model's own, or one for each branch. */
  readonly scopes: readonly Scope[];
  #top: GraphEdits = noEdits();
  #outputs: readonly string[];
  #branching: NodeInfo | null;
  #names = new Map<string, string>();

  /** Reads the scopes of `model`. */
  constructor(model: OnnxModel) {
    const { graph } = model;
    this.#outputs = graph.outputs.map((output) => output.name);
    const types = new Map<string, number>();
    // One that branches over all layers; small ones choose between rotary tables.
    this.#branching = graph.nodes.find((node) =>
      node.opType === "If" &&
      node.subgraphs.some((branch) => 2 * branch.nodes.length > graph.nodes.length)
    ) ?? null;
    const top = scopeOf(graph, types);
    if (this.#branching === null) {
      this.#top = top.edits;
      this.scopes = [top];
    } else {
      this.scopes = this.#branching.subgraphs.map((branch) => scopeOf(branch, new Map(types)));
      const first = this.#branching.outputs.find((name) => name !== "")!;
      editsOf(this.#top, first).branches = this.scopes.map((scope) => scope.edits);
    }
  }

  /** All edits so far. */
  get edits(): GraphEdits {
    return this.#top;
  }

  /**
   * Makes a tensor an output, once, and returns the output's name; `null` where no scope has it
   * or its type is none that can be handed over.
   */
  take(tensors: ByScope): string | null {
    const dataType = this.typeOf(tensors);
    if (dataType === null || !READABLE.has(dataType)) return null;
    const key = JSON.stringify(tensors);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#branching === null
      ? this.#takeFlat(tensors[0]!, dataType)
      : this.#takeBranched(this.#branching, tensors, dataType);
    this.#names.set(key, name);
    return name;
  }

  /** The element type of a tensor; `null` where it cannot be told. */
  typeOf(tensors: ByScope): number | null {
    for (const [i, scope] of this.scopes.entries()) {
      const tensor = tensors[i] ?? null;
      const type = tensor === null ? undefined : scope.types.get(tensor);
      if (type !== undefined) return type;
    }
    return null;
  }

  #takeFlat(tensor: string, dataType: number): string {
    if (this.#outputs.includes(tensor)) return tensor;
    const name = handedOut(this.scopes[0]!, tensor, `tap/${this.#names.size}`);
    this.#top.outputs.push({ name, dataType });
    return name;
  }

  #takeBranched(node: NodeInfo, tensors: ByScope, dataType: number): string {
    const first = node.outputs.find((name) => name !== "")!;
    const own = this.scopes.map((scope, i) => scope.outputs.indexOf(tensors[i] ?? ""));
    if (own[0] !== -1 && own.every((position) => position === own[0])) {
      return node.outputs[own[0]!]!;
    }
    const { outputs } = editsOf(this.#top, first);
    const name = `tap/${outputs.size}`;
    outputs.set(node.outputs.length + outputs.size, name);
    this.#top.outputs.push({ name, dataType });
    for (const [i, scope] of this.scopes.entries()) {
      const tensor = tensors[i] ?? null;
      let output = `${name}/${i}`;
      if (tensor === null) scope.edits.added.push({ op: "Empty", dataType, output });
      else output = handedOut(scope, tensor, output);
      scope.edits.outputs.push({ name: output, dataType });
    }
    return name;
  }
}

// A tensor that is itself an output keeps the runtime from fusing what reads it, FastGelu for one;
// one that a further operation reads does not. What was added here has no name in the original, and
// some operators infer the type of an output only where it is declared.
function handedOut(scope: Scope, tensor: string, name: string): string {
  if (!scope.producers.has(tensor)) return tensor;
  // On the CPU, half floats are computed in fp32 and rounded where an operation takes them as they
  // are; Identity would, so that what the model computes is rounded too. Sum has no such kernel.
  const op = scope.types.get(tensor) === DataType.FLOAT16 ? "Sum" : "Identity";
  scope.edits.added.push({ op, inputs: [tensor], output: name });
  return name;
}

/** Adds a node that computes `output` of the type of its first input. */
export function addNode(scope: Scope, node: AddedNode & { op: "Add" }): string {
  scope.edits.added.push(node);
  scope.types.set(node.output, scope.types.get(node.inputs[0]!) ?? DataType.FLOAT);
  return node.output;
}

/** Lets a node hand out an optional output, and returns that output's name. */
export function optionalOutput(
  scope: Scope,
  node: NodeInfo,
  position: number,
  ints: readonly (readonly [string, number])[] = [],
): string {
  const existing = node.outputs[position] ?? "";
  if (existing !== "") return existing;
  const first = node.outputs.find((name) => name !== "")!;
  const edits = editsOf(scope.edits, first);
  const name = `${first}/output_${position}`;
  edits.outputs.set(position, name);
  for (const [key, value] of ints) edits.ints.set(key, value);
  scope.types.set(name, scope.types.get(first) ?? DataType.FLOAT);
  return name;
}

const READABLE: ReadonlySet<number> = new Set([
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.INT32,
  DataType.INT64,
]);

function scopeOf(graph: GraphInfo, types: Map<string, number>): Scope {
  const producers = new Map<string, NodeInfo>();
  const consumers = new Map<string, NodeInfo[]>();
  for (const value of [...graph.inputs, ...graph.initializers]) {
    types.set(value.name, value.dataType);
  }
  for (const node of graph.nodes) {
    for (const [position, output] of node.outputs.entries()) {
      if (output === "") continue;
      producers.set(output, node);
      const type = outputType(node, position, types);
      if (type !== null) types.set(output, type);
    }
    for (const input of new Set(node.inputs)) {
      if (input === "") continue;
      const readers = consumers.get(input);
      if (readers === undefined) consumers.set(input, [node]);
      else readers.push(node);
    }
  }
  for (const output of graph.outputs) {
    if (output.dataType !== 0) types.set(output.name, output.dataType);
  }
  const outputs = graph.outputs.map((output) => output.name);
  return { nodes: graph.nodes, producers, consumers, outputs, types, edits: noEdits() };
}

const BOOLEAN = /^(Equal|Greater|Less|GreaterOrEqual|LessOrEqual|And|Or|Xor|Not|IsNaN|IsInf)$/;
const INDEX = /^(Shape|Size|NonZero|ArgMax|ArgMin)$/;
// By the operators' type constraints: the input whose element type the output has.
const TYPE_INPUT: Readonly<Record<string, number>> = {
  Where: 1,
  OneHot: 2,
  DequantizeLinear: 1,
  MatMulIntegerToFloat: 2,
  GatherBlockQuantized: 2,
  EmbedLayerNormalization: 2,
};

// Constants have no known type here, and need none: the other operand of an operation tells it.
function outputType(
  node: NodeInfo,
  position: number,
  types: ReadonlyMap<string, number>,
): number | null {
  const { opType, inputs } = node;
  if (opType === "Cast") return node.ints.get("to") ?? null;
  if (BOOLEAN.test(opType)) return DataType.BOOL;
  if (INDEX.test(opType) || (opType === "TopK" && position === 1)) return DataType.INT64;
  if (/Integer$/.test(opType)) return DataType.INT32;
  if (opType === "DynamicQuantizeLinear") {
    return position === 1 ? DataType.FLOAT : DataType.UINT8;
  }
  if (opType === "ConstantOfShape") return node.value?.dataType ?? DataType.FLOAT;
  if (/^(Constant|If|Loop|Scan|QuantizeLinear|EyeLike)$/.test(opType)) return null;
  const order = /^Scatter/.test(opType)
    ? [0, 2]
    : TYPE_INPUT[opType] !== undefined
    ? [TYPE_INPUT[opType]!, ...inputs.keys()]
    : [...inputs.keys()];
  for (const i of order) {
    const type = types.get(inputs[i] ?? "");
    if (type !== undefined) return type;
  }
  return null;
}
