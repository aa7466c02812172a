/**
 * What all parts of a decoder's graph are built with: the nodes, the shape, and the casts and
 * matrices that depend on the precision.
 *
 * @module
 */
import type { DecoderShape } from "./decoder_shape.ts";
import { GraphBuilder } from "./graph_spec.ts";
import { int4Product } from "./int4_product.ts";
import { int8Product } from "./int8_product.ts";
import { DataType } from "../onnx_types.ts";
import type { MatrixFormat } from "./precision.ts";

const { FLOAT, FLOAT16 } = DataType;

/** A matrix with or without a bias. */
export interface LinearSize {
  from: number;
  to: number;
  bias: boolean;
}

/** A matrix that multiplies, `from` numbers to `to`. */
export interface MatrixWeight {
  /** What it is called in the graph. */
  name: string;
  from: number;
  to: number;
  /** Its name in the checkpoint, and whether it lies there as `[to, from]`. */
  stored: { name: string; outFirst: boolean };
}

/** Collects the graph of one decoder. */
export class DecoderBuilder extends GraphBuilder {
  readonly shape: DecoderShape;
  /** Type of weights, cache and hidden states. */
  readonly type: number;
  /** How matrices are written. */
  readonly matrices: MatrixFormat;

  constructor(shape: DecoderShape, dataType: number, matrices: MatrixFormat) {
    super();
    this.shape = shape;
    this.type = dataType;
    this.matrices = matrices;
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

  /** A product named `name` with a matrix that is kept in the format of this decoder's matrices. */
  product(input: string, name: string, matrix: MatrixWeight, output = `${name}_output_0`): string {
    switch (this.matrices.kind) {
      case "int8":
        return int8Product(this, input, name, matrix, output);
      case "int4":
        return int4Product(this, input, name, matrix, output, this.matrices);
      case "float": {
        const { from, to, stored } = matrix;
        const weight = this.weight(matrix.name, [from, to], this.type, {
          transposed: stored.outFirst,
        });
        return this.nodeTo(output, "MatMul", name, [input, weight]);
      }
    }
  }

  /** A module with a matrix, as PyTorch's `Linear` or GPT-2's `Conv1D`. */
  linear(input: string, scope: string, { from, to, bias }: LinearSize): string {
    const at = nodeScope(scope);
    if (this.shape.conv1d) return this.#conv1d(input, scope, from, to);
    const name = `${scope}.weight`;
    const product = this.product(input, `${at}/MatMul`, {
      name,
      from,
      to,
      stored: { name, outFirst: true },
    });
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
    const result = this.#gemm(rows, `${at}/Gemm`, scope, from, to);
    return this.node("Reshape", `${at}/Reshape_1`, [result, this.#tokensBy(to)]);
  }

  // Quantisers make a product and a sum of Gemm first (onnx_model.py, replace_gemm_with_matmul).
  #gemm(rows: string, name: string, scope: string, from: number, to: number): string {
    const weight = `${scope}.weight`;
    const bias = () => this.weight(`${scope}.bias`, [to], this.type);
    if (this.matrices.kind === "float") {
      const matrix = this.weight(weight, [from, to], this.type);
      return this.node("Gemm", name, [rows, matrix, bias()]);
    }
    const stored = { name: weight, outFirst: false };
    const matrix = { name: weight, from, to, stored };
    const output = `${name}_output_0`;
    const product = this.product(rows, `${name}_MatMul`, matrix, `${output}_MatMul`);
    return this.nodeTo(output, "Add", `${name}_Add`, [product, bias()]);
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
