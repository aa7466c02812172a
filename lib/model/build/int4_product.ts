/**
 * A product with a matrix in int4: `MatMulNBits` of com.microsoft, with the names that
 * `onnxruntime.quantization` gives (ONNX Runtime 1.32, matmul_nbits_quantizer.py).
 *
 * @module
 */
import type { DecoderBuilder, MatrixWeight } from "./decoder_builder.ts";
import type { WeightSpec } from "./graph_spec.ts";
import { blockCount, type BlockFormat, int4Part, zeroPointBytes } from "./int4_blocks.ts";
import { DataType } from "../onnx_types.ts";

/** How products are computed and matrices kept. */
export interface Int4Format extends BlockFormat {
  accuracyLevel: number;
}

/** Multiplies `input` with the matrix; `name` is that of the product it stands for. */
export function int4Product(
  b: DecoderBuilder,
  input: string,
  name: string,
  { name: weight, from, to, stored }: MatrixWeight,
  output: string,
  format: Int4Format,
): string {
  const { blockSize, symmetric, accuracyLevel } = format;
  const blocks = blockCount(from, blockSize);
  const source: WeightSpec = {
    name: stored.name,
    dims: [to, from], // blocks run along what is summed
    dataType: b.type,
    transposed: !stored.outFirst,
    fill: "random",
    encoding: null,
  };
  const part = (which: Parameters<typeof int4Part>[1]) => ({
    source,
    encode: (read: () => Iterable<Float32Array>) => int4Part(read(), which, from, format, b.isHalf),
  });
  const inputs = [
    input,
    b.weight(`${weight}_Q4`, [to, blocks, blockSize / 2], DataType.UINT8, {
      encoding: part("values"),
    }),
    b.weight(`${weight}_scales`, [to, blocks], b.type, { encoding: part("scales") }),
  ];
  if (!symmetric) {
    inputs.push(
      b.weight(`${weight}_zero_points`, [to, zeroPointBytes(blocks)], DataType.UINT8, {
        encoding: part("zeroPoints"),
      }),
    );
  }
  b.add({
    op: "MatMulNBits",
    domain: "com.microsoft",
    name: `${name}_Q4`,
    inputs,
    outputs: [output],
    attributes: {
      K: from,
      N: to,
      bits: 4,
      block_size: blockSize,
      ...(accuracyLevel === 0 ? {} : { accuracy_level: accuracyLevel }),
    },
  });
  return output;
}
