/**
 * Norms, as the chains of operators that exporters write and ONNX Runtime fuses.
 *
 * @module
 */
import { type DecoderBuilder, nodeScope } from "./decoder_builder.ts";

/** Normalises the last axis, of `size` numbers. */
export function norm(b: DecoderBuilder, input: string, scope: string, size: number): string {
  return b.shape.norm.kind === "rms" ? rms(b, input, scope, size) : layer(b, input, scope, size);
}

// Pow … Mul_1 is the chain that ONNX Runtime recognises as SimplifiedLayerNormalization.
function rms(b: DecoderBuilder, input: string, scope: string, size: number): string {
  const at = nodeScope(scope);
  const { epsilon, plusOne } = b.shape.norm;
  const x = b.widen(input, `${at}/Cast`);
  const square = b.node("Pow", `${at}/Pow`, [x, b.float("/model/two", [2], [])]);
  const mean = b.node("ReduceMean", `${at}/ReduceMean`, [square], { axes: [-1], keepdims: 1 });
  const sum = b.node("Add", `${at}/Add`, [mean, b.float("/model/epsilon", [epsilon], [])]);
  const root = b.node("Sqrt", `${at}/Sqrt`, [sum]);
  const inverse = b.node("Div", `${at}/Div`, [b.float("/model/one", [1], []), root]);
  const scaled = b.node("Mul", `${at}/Mul`, [x, inverse]);
  if (!plusOne) {
    const normed = b.narrow(scaled, `${at}/Cast_1`);
    const weight = b.weight(`${scope}.weight`, [size], b.type, { fill: "ones" });
    return b.node("Mul", `${at}/Mul_1`, [weight, normed]);
  }
  // Gemma multiplies in fp32 and casts last. The runtime folds 1 + weight when it loads.
  const less = b.weight(`${scope}.weight`, [size], b.type, { fill: "zeros" });
  const weight = b.node("Add", `${at}/Add_1`, [
    b.widen(less, `${at}/Cast_1`),
    b.float("/model/one", [1], []),
  ]);
  return b.narrow(b.node("Mul", `${at}/Mul_1`, [scaled, weight]), `${at}/Cast_2`);
}

// ReduceMean … Add_1 is the chain that it recognises as LayerNormalization.
function layer(b: DecoderBuilder, input: string, scope: string, size: number): string {
  const at = nodeScope(scope);
  const base = `/${b.shape.names.base}`;
  const last = { axes: [-1], keepdims: 1 };
  const x = b.widen(input, `${at}/Cast`);
  const mean = b.node("ReduceMean", `${at}/ReduceMean`, [x], last);
  const centred = b.node("Sub", `${at}/Sub`, [x, mean]);
  const square = b.node("Pow", `${at}/Pow`, [centred, b.float(`${base}/two`, [2], [])]);
  const variance = b.node("ReduceMean", `${at}/ReduceMean_1`, [square], last);
  const epsilon = b.float(`${base}/epsilon`, [b.shape.norm.epsilon], []);
  const root = b.node("Sqrt", `${at}/Sqrt`, [b.node("Add", `${at}/Add`, [variance, epsilon])]);
  const normed = b.narrow(b.node("Div", `${at}/Div`, [centred, root]), `${at}/Cast_1`);
  const weight = b.weight(`${scope}.weight`, [size], b.type, { fill: "ones" });
  const bias = b.weight(`${scope}.bias`, [size], b.type);
  return b.node("Add", `${at}/Add_1`, [b.node("Mul", `${at}/Mul`, [normed, weight]), bias]);
}
