/**
 * A product with a matrix in int8, as `onnxruntime.quantization.quantize_dynamic` writes it:
 * activations are quantized while the model runs, once for all products that read them, and the
 * sums are scaled back. Names are its names (ONNX Runtime 1.32, operators/matmul.py).
 *
 * @module
 */
import type { DecoderBuilder, MatrixWeight } from "./decoder_builder.ts";
import type { WeightSpec } from "./graph_spec.ts";
import { absoluteMaximum, int8Scale, int8Values } from "./int8_tensor.ts";
import { DataType } from "../onnx_types.ts";

const { FLOAT, INT8 } = DataType;

/** Multiplies `input` with the matrix; `name` is that of the product it stands for. */
export function int8Product(
  b: DecoderBuilder,
  input: string,
  name: string,
  matrix: MatrixWeight,
  output: string,
): string {
  const names = quantizedInput(b, input);
  const weight = quantizedWeight(b, matrix);
  const sums = `${output}_output_quantized`;
  b.nodeTo(sums, "MatMulInteger", `${name}_quant`, [
    names.values,
    weight.values,
    names.zeroPoint,
    weight.zeroPoint,
  ]);
  const floats = b.nodeTo(`${sums}_cast_output`, "Cast", `${sums}_cast`, [sums], { to: FLOAT });
  const scalesName = `${name}_quant_scales_mul`;
  const scales = b.nodeTo(`${scalesName}:0`, "Mul", scalesName, [names.scale, weight.scale]);
  return b.nodeTo(output, "Mul", `${name}_quant_output_scale_mul`, [floats, scales]);
}

interface Quantized {
  values: string;
  scale: string;
  zeroPoint: string;
}

function quantizedInput(b: DecoderBuilder, input: string): Quantized {
  const name = `${input}_QuantizeLinear`;
  const made = {
    values: `${input}_quantized`,
    scale: `${input}_scale`,
    zeroPoint: `${input}_zero_point`,
  };
  if (!b.has(name)) {
    b.add({ op: "DynamicQuantizeLinear", name, inputs: [input], outputs: Object.values(made) });
  }
  return made;
}

// One scale a matrix and no zero point: the defaults of quantize_dynamic, optimum and transformers.js.
function quantizedWeight(b: DecoderBuilder, { name, from, to, stored }: MatrixWeight): Quantized {
  const dims = [from, to];
  const source: WeightSpec = {
    name: stored.name,
    dims,
    dataType: b.type,
    transposed: stored.outFirst,
    fill: "random",
    encoding: null,
  };
  let found: number | null = null; // the one number that is kept between passes over the matrix
  const scale = function* (read: () => Iterable<Float32Array>) {
    found ??= int8Scale(yield* absoluteMaximum(read()));
    return found;
  };
  return {
    values: b.weight(`${name}_quantized`, dims, INT8, {
      encoding: {
        source,
        *encode(read) {
          yield* int8Values(read(), yield* scale(read));
        },
      },
    }),
    scale: b.weight(`${name}_scale`, [], FLOAT, {
      encoding: {
        source,
        *encode(read) {
          yield new Uint8Array(Float32Array.of(yield* scale(read)).buffer);
        },
      },
    }),
    zeroPoint: b.weight(`${name}_zero_point`, [], INT8, {
      encoding: {
        source,
        *encode() {
          yield new Uint8Array(1);
        },
      },
    }),
  };
}
