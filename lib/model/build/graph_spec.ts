/**
 * A graph to be written: plain data, without the weights, which are streamed when it is written.
 *
 * @module
 */
import { DataType } from "../onnx_types.ts";

/** A small tensor that is held in memory. */
export interface ConstantSpec {
  dataType: number;
  dims: number[];
  data: Uint8Array;
}

/** An attribute of a node: integers, a list of integers, or a tensor. */
export type AttributeSpec = number | readonly number[] | ConstantSpec;

/** One operation. */
export interface NodeSpec {
  op: string;
  /** Absent: ONNX's own operators. */
  domain?: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, AttributeSpec>>;
}

/** How the bytes of a weight are made of numbers that a checkpoint holds in another form. */
export interface Encoding {
  /** The weight of the checkpoint, in the order in which its numbers are needed. */
  source: WeightSpec;
  /**
   * The bytes in pieces, each used before the next; empty ones let a build be stopped meanwhile.
   * `read` gives the source's numbers from the start, as often as asked.
   */
  encode(read: () => Iterable<Float32Array>): Iterable<Uint8Array>;
}

/** A weight of the graph. */
export interface WeightSpec {
  /** Its name in the graph and, unless it is encoded, in the checkpoint. */
  name: string;
  /** Shape in the graph. */
  dims: readonly number[];
  dataType: number;
  /** The checkpoint holds `[out, in]` where `MatMul` needs `[in, out]`. */
  transposed: boolean;
  /** What random weights are: spread around 0, or all the same, as norms begin. */
  fill: "random" | "ones" | "zeros";
  /** `null` where the checkpoint's numbers are written as they are. */
  encoding: Encoding | null;
}

/** An input or output; a dimension is a number or a name. */
export interface ValueSpec {
  name: string;
  dataType: number;
  dims: readonly (number | string)[];
}

/** All that a model file holds but the weights' values. */
export interface GraphSpec {
  nodes: NodeSpec[];
  weights: WeightSpec[];
  inputs: ValueSpec[];
  outputs: ValueSpec[];
}

/** Collects nodes and weights, naming outputs as PyTorch's exporter does. */
export class GraphBuilder {
  readonly graph: GraphSpec = { nodes: [], weights: [], inputs: [], outputs: [] };
  #constants = new Map<string, string>();
  #names = new Set<string>();

  /** Adds a node as it is. */
  add(node: NodeSpec): void {
    this.graph.nodes.push(node);
    this.#names.add(node.name);
  }

  /** Whether there is a node of that name. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Adds a node with one output and returns the output's name, which is `<name>_output_0`. */
  node(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeSpec>> = {},
  ): string {
    return this.nodeTo(`${name}_output_0`, op, name, inputs, attributes);
  }

  /** Adds a node whose output has a name of its own, such as `logits`. */
  nodeTo(
    output: string,
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeSpec>> = {},
  ): string {
    this.add({ op, name, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a node with `count` outputs and returns their names. */
  nodes(
    op: string,
    name: string,
    count: number,
    inputs: readonly string[],
    axis: number,
    attributes: Readonly<Record<string, AttributeSpec>> = {},
  ): string[] {
    const outputs = Array.from({ length: count }, (_, i) => `${name}_output_${i}`);
    this.add({ op, name, inputs, outputs, attributes: { axis, ...attributes } });
    return outputs;
  }

  /** Adds a weight and returns its name. */
  weight(
    name: string,
    dims: readonly number[],
    dataType: number,
    { transposed = false, fill = "random", encoding = null }: Partial<
      Pick<WeightSpec, "transposed" | "fill" | "encoding">
    > = {},
  ): string {
    this.graph.weights.push({ name, dims, dataType, transposed, fill, encoding });
    return name;
  }

  /** Gives the last node's output another name, such as `logits`. */
  nameLast(output: string): void {
    this.graph.nodes.at(-1)!.outputs = [output];
  }

  /** A list of integers, such as a shape, as a `Constant` node; the same name is made once. */
  int64(name: string, values: readonly number[], dims: number[] = [values.length]): string {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(name, { dataType: DataType.INT64, dims, data });
  }

  /** Numbers that belong to the method, not to what was learned, as a `Constant` node. */
  float(
    name: string,
    values: readonly number[],
    dims: number[],
    dataType: number = DataType.FLOAT,
  ): string {
    const numbers = dataType === DataType.FLOAT ? Float32Array : Float16Array;
    return this.#constant(name, {
      dataType,
      dims,
      data: new Uint8Array(numbers.from(values).buffer),
    });
  }

  #constant(name: string, tensor: ConstantSpec): string {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const output = this.node("Constant", name, [], { value: tensor });
    this.#constants.set(name, output);
    return output;
  }
}
