/**
 * What all parts of a decoder's graph are built with: the nodes, the shape, and the casts and
 * matrices that depend on the precision.
 *
 * @module
 */
import type { DecoderShape } from "./decoder_shape.ts";
import { GraphBuilder } from "./graph_spec.ts";
import { DataType } from "../onnx_types.ts";

const { FLOAT, FLOAT16 } = DataType;

/** A matrix with or without a bias. */
export interface LinearSize {
  from: number;
  to: number;
  bias: boolean;
}

/** Collects the graph of one decoder. */
export class DecoderBuilder extends GraphBuilder {
  readonly shape: DecoderShape;
  /** Type of weights, cache and hidden states. */
  readonly type: number;

  constructor(shape: DecoderShape, dataType: number) {
    super();
    this.shape = shape;
    this.type = dataType;
  }

  /** Whether hidden states are smaller than fp32. */
  get isHalf(): boolean {
    return this.type !== FLOAT;
  }

  /** A cast from fp32 to the type of hidden states; nothing where they are fp32. */
  narrow(input: string, name: string): string {
    return this.isHalf ? this.node("Cast", name, [input], { to: FLOAT16 }) : input;
  }

  /** A cast to fp32; nothing where hidden states are fp32. */
  widen(input: string, name: string): string {
    return this.isHalf ? this.node("Cast", name, [input], { to: FLOAT }) : input;
  }

  /** A constant in the type of hidden states. */
  number(name: string, value: number): string {
    return this.float(name, [value], [], this.type);
  }

  /** A module with a matrix. Another precision of matrices is another operator here. */
  linear(input: string, scope: string, { from, to, bias }: LinearSize): string {
    const at = nodeScope(scope);
    if (this.shape.conv1d) return this.#conv1d(input, scope, from, to);
    const weight = this.weight(`${scope}.weight`, [from, to], this.type, { transposed: true });
    const product = this.node("MatMul", `${at}/MatMul`, [input, weight]);
    if (!bias) return product;
    return this.node("Add", `${at}/Add`, [this.weight(`${scope}.bias`, [to], this.type), product]);
  }

  // GPT-2's linear layer keeps [in, out] and works on rows, which the exporter writes as Gemm.
  #conv1d(input: string, scope: string, from: number, to: number): string {
    const at = nodeScope(scope);
    const base = `/${this.shape.names.base}`;
    const rows = this.node("Reshape", `${at}/Reshape`, [
      input,
      this.int64(`${base}/rows_${from}`, [-1, from]),
    ]);
    const product = this.node("Gemm", `${at}/Gemm`, [
      rows,
      this.weight(`${scope}.weight`, [from, to], this.type),
      this.weight(`${scope}.bias`, [to], this.type),
    ]);
    return this.node("Reshape", `${at}/Reshape_1`, [product, this.#tokensBy(to)]);
  }

  #shapes = new Map<number, string>();

  // [batch, sequence, size], which Reshape cannot tell from rows alone.
  #tokensBy(size: number): string {
    const known = this.#shapes.get(size);
    if (known !== undefined) return known;
    const base = `/${this.shape.names.base}`;
    const tokens = this.#shapes.get(0) ?? this.node("Shape", `${base}/Shape_2`, ["input_ids"]);
    const made = this.node("Concat", `${base}/Concat_${size}`, [
      tokens,
      this.int64(`${base}/size_${size}`, [size]),
    ], { axis: 0 });
    this.#shapes.set(0, tokens).set(size, made);
    return made;
  }
}

/** The path of a module's nodes; members of a list keep their dot: `/model/layers.0/mlp`. */
export function nodeScope(scope: string): string {
  return "/" + scope.replace(/\.(?!\d)/g, "/");
}
