/**
 * What all layers share: rotary tables and causal masks.
 *
 * @module
 */
import type { DecoderBuilder } from "./decoder_builder.ts";
import { DataType } from "../onnx_types.ts";
import type { Rotary } from "./rotary_frequencies.ts";

const { FLOAT, BOOL } = DataType;

/** Cosines and signed sines of all positions, [batch, 1, sequence, dim]. */
export interface RotaryTables {
  cos: string;
  sin: string;
  dim: number;
}

/** Computes the tables of a forward pass in fp32 and hands them over in the type of hidden states. */
export function rotaryTables(b: DecoderBuilder, rotary: Rotary): RotaryTables {
  const at = "/model/rotary_emb";
  const positions = b.node("Unsqueeze", `${at}/Unsqueeze`, [
    "position_ids",
    b.int64("/model/axes_1_3", [1, 3]),
  ]);
  const real = b.node("Cast", `${at}/Cast`, [positions], { to: FLOAT });
  const angles = b.node("Mul", `${at}/Mul`, [real, frequencies(b, rotary)]);
  const scaled = (x: string, name: string) =>
    rotary.magnitude === 1
      ? x
      : b.node("Mul", name, [x, b.float(`${at}/magnitude`, [rotary.magnitude], [])]);
  const cos = scaled(b.node("Cos", `${at}/Cos`, [angles]), `${at}/Mul_1`);
  const sin = scaled(b.node("Sin", `${at}/Sin`, [angles]), `${at}/Mul_2`);
  const negated = b.node("Neg", `${at}/Neg`, [sin]);
  const both = b.node("Concat", `${at}/Concat`, [cos, cos], { axis: 3 });
  // The sign belongs to rotate_half; carried here it costs one node a model, not two a layer.
  const signed = b.node("Concat", `${at}/Concat_1`, [negated, sin], { axis: 3 });
  return {
    cos: b.narrow(both, `${at}/Cast_1`),
    sin: b.narrow(signed, `${at}/Cast_2`),
    dim: rotary.dim,
  };
}

// Where long texts have frequencies of their own, the last position decides, as in transformers.
function frequencies(b: DecoderBuilder, { frequencies, long }: Rotary): string {
  const at = "/model/rotary_emb";
  const dims = [1, 1, 1, frequencies.length];
  const short = b.float(`${at}/inv_freq`, frequencies, dims);
  if (long === null) return short;
  const last = b.node("ReduceMax", `${at}/ReduceMax`, ["position_ids"], { keepdims: 0 });
  const isLong = b.node("GreaterOrEqual", `${at}/GreaterOrEqual`, [
    last,
    b.int64(`${at}/original_length`, [long.above], []),
  ]);
  const other = b.float(`${at}/long_inv_freq`, long.frequencies, dims);
  return b.node("Where", `${at}/Where`, [isLong, other, short]);
}

/** Half-split rotary embedding (transformers' rotate_half): x·cos + [x2, x1]·[−sin, sin]. */
export function rotate(
  b: DecoderBuilder,
  input: string,
  at: string,
  { cos, sin, dim }: RotaryTables,
): string {
  const rest = b.shape.headDim - dim;
  let x = input;
  let kept = "";
  if (rest > 0) {
    const sizes = b.int64("/model/rotary_emb/parts", [dim, rest]);
    [x, kept] = b.nodes("Split", `${at}/Split_1`, 2, [input, sizes], 3) as [string, string];
  }
  const halves = b.int64("/model/rotary_emb/halves", [dim / 2, dim / 2]);
  const [first, second] = b.nodes("Split", `${at}/Split`, 2, [x, halves], 3) as [string, string];
  const swapped = b.node("Concat", `${at}/Concat`, [second, first], { axis: 3 });
  const still = b.node("Mul", `${at}/Mul`, [x, cos]);
  const turned = b.node("Mul", `${at}/Mul_1`, [swapped, sin]);
  const rotated = b.node("Add", `${at}/Add`, [still, turned]);
  return rest === 0 ? rotated : b.node("Concat", `${at}/Concat_1`, [rotated, kept], { axis: 3 });
}

/**
 * What is added to scores, [batch, 1, sequence, total], for each of `windows`: 0 where a key is
 * neither later than its query, nor padding, nor `window` tokens back; the lowest float elsewhere.
 */
export function causalMasks(
  b: DecoderBuilder,
  windows: ReadonlySet<number | null>,
): Map<number | null, string> {
  const at = `/${b.shape.names.base}`;
  const length = (input: string, suffix: string) =>
    b.node("Gather", `${at}/Gather${suffix}`, [
      b.node("Shape", `${at}/Shape${suffix}`, [input]),
      b.int64(`${at}/second`, [1], []),
    ], { axis: 0 });
  const fresh = length("input_ids", "");
  const total = length("attention_mask", "_1");
  const zero = b.int64(`${at}/zero`, [0], []);
  const step = b.int64(`${at}/step`, [1], []);
  const past = b.node("Sub", `${at}/Sub`, [total, fresh]);
  const keys = b.node("Range", `${at}/Range`, [zero, total, step]);
  const queries = b.node("Unsqueeze", `${at}/Unsqueeze`, [
    b.node("Range", `${at}/Range_1`, [past, total, step]),
    b.int64(`${at}/axes_1`, [1]),
  ]);
  const causal = b.node("LessOrEqual", `${at}/LessOrEqual`, [keys, queries]);
  const present = b.node("Unsqueeze", `${at}/Unsqueeze_1`, [
    b.node("Cast", `${at}/Cast`, ["attention_mask"], { to: BOOL }),
    b.int64(`${at}/axes_1_2`, [1, 2]),
  ]);
  const visible = b.node("And", `${at}/And`, [causal, present]);
  const added = (seen: string, name: string) =>
    b.node("Where", name, [
      seen,
      b.float(`${at}/nothing`, [0], []),
      b.float(`${at}/lowest`, [-3.4028234663852886e38], []),
    ]);
  const masks = new Map<number | null, string>();
  for (const window of windows) {
    if (window === null) {
      masks.set(null, added(visible, `${at}/Where`));
      continue;
    }
    const first = b.node("Sub", `${at}/Sub_${window}`, [
      queries,
      b.int64(`${at}/window_${window}`, [window], []),
    ]);
    const near = b.node("Greater", `${at}/Greater_${window}`, [keys, first]);
    const seen = b.node("And", `${at}/And_${window}`, [visible, near]);
    masks.set(window, added(seen, `${at}/Where_${window}`));
  }
  return masks;
}
