/**
 * A graph as the flow of data: who makes a tensor, who takes it, and in which order.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { GraphInfo, NodeInfo, TensorInfo } from "../onnx_reader.ts";

/** The flow of one graph; the body of a branch has a flow of its own, inside the `outer` one. */
export class Flow {
  readonly graph: GraphInfo;
  readonly outer: Flow | null;
  /** All nodes, each after those that it depends on. */
  readonly order: readonly NodeInfo[];
  #producers = new Map<string, NodeInfo>();
  #consumers = new Map<string, NodeInfo[]>();
  #weights: Map<string, TensorInfo>;
  #before = new Map<NodeInfo, NodeInfo[]>();
  #after = new Map<NodeInfo, NodeInfo[]>();
  #inputs = new Map<NodeInfo, readonly string[]>();
  // What a quantiser measured of its input goes around the multiplication, to scale its result.
  #scales = new Set<string>();

  /** Throws `InputError` for a graph that runs in a circle; `path` is for its message. */
  constructor(graph: GraphInfo, path: string, outer: Flow | null = null) {
    this.graph = graph;
    this.outer = outer;
    this.#weights = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    for (const node of graph.nodes) {
      for (const output of node.outputs) if (output !== "") this.#producers.set(output, node);
      if (node.opType !== "DynamicQuantizeLinear") continue;
      for (const scale of node.outputs.slice(1)) this.#scales.add(scale);
    }
    for (const node of graph.nodes) {
      const inputs = [...new Set([...node.inputs, ...captured(node)])].filter(Boolean);
      this.#inputs.set(node, inputs);
      for (const input of inputs) {
        const known = this.#consumers.get(input);
        if (known === undefined) this.#consumers.set(input, [node]);
        else known.push(node);
      }
    }
    for (const node of graph.nodes) {
      const before = this.#inputs.get(node)!.flatMap((input) =>
        this.#scales.has(input) ? [] : this.#producers.get(input) ?? []
      );
      const after = node.outputs.flatMap((output) =>
        this.#scales.has(output) ? [] : this.#consumers.get(output) ?? []
      );
      this.#before.set(node, before);
      this.#after.set(node, after);
    }
    this.order = this.#sorted(path);
  }

  /** The weight of this name, in this graph or around it. */
  weight(name: string): TensorInfo | undefined {
    return this.#weights.get(name) ?? this.outer?.weight(name);
  }

  /** The node that makes a tensor, in this graph. */
  producer(tensor: string): NodeInfo | undefined {
    return this.#producers.get(tensor);
  }

  /** The nodes that make what a node takes, also within its branches. */
  producersOf(node: NodeInfo): readonly NodeInfo[] {
    return this.#before.get(node) ?? [];
  }

  /** The nodes that take a tensor. */
  takersOf(tensor: string): readonly NodeInfo[] {
    return this.#consumers.get(tensor) ?? [];
  }

  /** The nodes that take what a node makes. */
  consumersOf(node: NodeInfo): readonly NodeInfo[] {
    return this.#after.get(node) ?? [];
  }

  // Nodes of a file may stand in any order after a graph was appended to it.
  #sorted(path: string): NodeInfo[] {
    const waiting = new Map<NodeInfo, number>();
    const ready: NodeInfo[] = [];
    for (const node of this.graph.nodes) {
      const made = this.#inputs.get(node)!.filter((input) => this.#producers.has(input));
      const count = made.length;
      if (count === 0) ready.push(node);
      else waiting.set(node, count);
    }
    for (let i = 0; i < ready.length; i++) {
      for (const consumer of ready[i]!.outputs.flatMap((output) => this.takersOf(output))) {
        const left = waiting.get(consumer);
        if (left === undefined) continue;
        if (left > 1) waiting.set(consumer, left - 1);
        else {
          waiting.delete(consumer);
          ready.push(consumer);
        }
      }
    }
    const [stuck] = waiting.keys();
    if (stuck !== undefined) {
      throw new InputError(
        `Cannot use "${path}": its graph runs in a circle through the ${stuck.opType} "${stuck.name}"`,
        { remedy: "the file is damaged; download or export it again" },
      );
    }
    return ready;
  }
}

/** Names that the branches of a node take from around them. */
function captured(node: NodeInfo): string[] {
  return node.subgraphs.flatMap((graph) => {
    const own = new Set([
      ...graph.inputs.map((value) => value.name),
      ...graph.initializers.map((tensor) => tensor.name),
      ...graph.nodes.flatMap((inner) => inner.outputs),
    ]);
    const used = [
      ...graph.nodes.flatMap((inner) => [...inner.inputs, ...captured(inner)]),
      ...graph.outputs.map((value) => value.name),
    ];
    return used.filter((name) => !own.has(name));
  });
}
