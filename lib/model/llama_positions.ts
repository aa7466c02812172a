/**
 * What all layers of a Llama share: rotary tables and the causal mask.
 *
 * @module
 */
import type { GraphBuilder } from "./graph_spec.ts";
import { DataType } from "./onnx_types.ts";

const { FLOAT, BOOL } = DataType;

/** Cosines and signed sines of all positions, [batch, 1, sequence, headDim], in fp32. */
export function rotaryTables(
  b: GraphBuilder,
  headDim: number,
  theta: number,
): { cos: string; sin: string } {
  const at = "/model/rotary_emb";
  const half = headDim / 2;
  const frequencies = Array.from(
    { length: half },
    (_, i) => theta ** (-i / half),
  );
  const positions = b.node("Unsqueeze", `${at}/Unsqueeze`, [
    "position_ids",
    b.int64("/model/axes_1_3", [1, 3]),
  ]);
  const real = b.node("Cast", `${at}/Cast`, [positions], { to: FLOAT });
  const angles = b.node("Mul", `${at}/Mul`, [
    real,
    b.float(`${at}/inv_freq`, frequencies, [1, 1, 1, half]),
  ]);
  const cos = b.node("Cos", `${at}/Cos`, [angles]);
  const sin = b.node("Sin", `${at}/Sin`, [angles]);
  const negated = b.node("Neg", `${at}/Neg`, [sin]);
  return {
    cos: b.node("Concat", `${at}/Concat`, [cos, cos], { axis: 3 }),
    // The sign belongs to rotate_half; carried here it costs one node a model, not two a layer.
    sin: b.node("Concat", `${at}/Concat_1`, [negated, sin], { axis: 3 }),
  };
}

/**
 * What is added to scores, [batch, 1, sequence, total]: 0 where a key is neither later than its
 * query nor padding, the lowest float elsewhere.
 */
export function causalMask(b: GraphBuilder): string {
  const length = (input: string, suffix: string) =>
    b.node("Gather", `/model/Gather${suffix}`, [
      b.node("Shape", `/model/Shape${suffix}`, [input]),
      b.int64("/model/second", [1], []),
    ], { axis: 0 });
  const fresh = length("input_ids", "");
  const total = length("attention_mask", "_1");
  const zero = b.int64("/model/zero", [0], []);
  const step = b.int64("/model/step", [1], []);
  const past = b.node("Sub", "/model/Sub", [total, fresh]);
  const keys = b.node("Range", "/model/Range", [zero, total, step]);
  const queries = b.node("Unsqueeze", "/model/Unsqueeze", [
    b.node("Range", "/model/Range_1", [past, total, step]),
    b.int64("/model/axes_1", [1]),
  ]);
  const causal = b.node("LessOrEqual", "/model/LessOrEqual", [keys, queries]);
  const present = b.node("Unsqueeze", "/model/Unsqueeze_1", [
    b.node("Cast", "/model/Cast", ["attention_mask"], { to: BOOL }),
    b.int64("/model/axes_1_2", [1, 2]),
  ]);
  const visible = b.node("And", "/model/And", [causal, present]);
  return b.node("Where", "/model/Where", [
    visible,
    b.float("/model/nothing", [0], []),
    b.float("/model/lowest", [-3.4028234663852886e38], []),
  ]);
}
