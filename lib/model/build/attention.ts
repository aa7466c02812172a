/**
 * Attention in standard operators. It differs from an export in one place, for less work per token:
 * keys and values of a group of heads are not repeated; the queries of a group are stacked instead.
 *
 * @module
 */
import { type DecoderBuilder, nodeScope } from "./decoder_builder.ts";
import { norm } from "./norm.ts";
import { type RotaryTables, rotate } from "./positions.ts";
import { softCap } from "./soft_cap.ts";

/** What all layers share. */
export interface AttentionInputs {
  tables: RotaryTables | null;
  /** What is added to scores, by the window that a layer looks back. */
  masks: ReadonlyMap<number | null, string>;
}

/** The attention of a layer, projections included. */
export function attention(
  b: DecoderBuilder,
  input: string,
  layer: number,
  { tables, masks }: AttentionInputs,
): string {
  const { names, numHeads, numKvHeads, headDim, hiddenSize, attention } = b.shape;
  const scope = `${names.base}.${names.layers}.${layer}.${names.attention}`;
  const at = nodeScope(scope);
  const base = `/${names.base}`;
  const width = { q: numHeads * headDim, kv: numKvHeads * headDim };

  const fused = attention.fused ? fusedProjections(b, input, scope, width) : null;
  const projected = (part: "q" | "k" | "v", suffix: string) => {
    const heads = part === "q" ? numHeads : numKvHeads;
    const to = part === "q" ? width.q : width.kv;
    const flat = fused?.[part] ??
      b.linear(input, `${scope}.${part}_proj`, { from: hiddenSize, to, bias: attention.bias });
    let split = b.node("Reshape", `${at}/Reshape${suffix}`, [
      flat,
      b.int64(`${base}/heads_${heads}`, [0, 0, heads, headDim]),
    ]);
    if (attention.headNorms && part !== "v") {
      split = norm(b, split, `${scope}.${part}_norm`, headDim);
    }
    return b.node("Transpose", `${at}/Transpose${suffix}`, [split], { perm: [0, 2, 1, 3] });
  };
  const rotated = (x: string, part: "q" | "k") =>
    tables === null ? x : rotate(b, x, `${at}/rotary_emb/${part}`, tables);
  const query = rotated(projected("q", ""), "q");
  const key = rotated(projected("k", "_1"), "k");
  const value = projected("v", "_2");
  const append = (part: "key" | "value", fresh: string, suffix: string) =>
    b.nodeTo(`present.${layer}.${part}`, "Concat", `${at}/Concat${suffix}`, [
      `past_key_values.${layer}.${part}`,
      fresh,
    ], { axis: 2 });
  const keys = append("key", key, "");
  const values = append("value", value, "_1");

  const grouped = numHeads !== numKvHeads;
  const regroup = (x: string, name: string, heads: number, last: number) =>
    grouped
      ? b.node("Reshape", name, [
        x,
        b.int64(`${base}/regroup_${heads}_${last}`, [0, heads, -1, last]),
      ])
      : x;
  const stacked = regroup(query, `${at}/Reshape_3`, numKvHeads, headDim);
  const turned = b.node("Transpose", `${at}/Transpose_3`, [keys], { perm: [0, 1, 3, 2] });
  let scores = b.node("MatMul", `${at}/MatMul`, [stacked, turned]);
  // Scores are masked and normalised in fp32, as transformers does.
  scores = b.widen(scores, `${at}/Cast`);
  scores = b.node("Mul", `${at}/Mul`, [scores, b.float(`${base}/scale`, [attention.scale], [])]);
  if (attention.softCap !== null) {
    scores = softCap(b, scores, attention.softCap, {
      div: `${at}/Div`,
      tanh: `${at}/Tanh`,
      mul: `${at}/Mul_1`,
    });
  }
  scores = regroup(scores, `${at}/Reshape_4`, numHeads, 0);
  scores = b.node("Add", `${at}/Add`, [scores, masks.get(attention.windows[layer] ?? null)!]);
  let weights = b.node("Softmax", `${at}/Softmax`, [scores], { axis: -1 });
  weights = b.narrow(weights, `${at}/Cast_1`);
  weights = regroup(weights, `${at}/Reshape_5`, numKvHeads, 0);
  let mixed = b.node("MatMul", `${at}/MatMul_1`, [weights, values]);
  mixed = regroup(mixed, `${at}/Reshape_6`, numHeads, headDim);
  mixed = b.node("Transpose", `${at}/Transpose_4`, [mixed], { perm: [0, 2, 1, 3] });
  mixed = b.node("Reshape", `${at}/Reshape_7`, [mixed, b.int64(`${base}/joined`, [0, 0, width.q])]);
  return b.linear(mixed, `${scope}.${names.output}`, {
    from: width.q,
    to: hiddenSize,
    bias: attention.outputBias,
  });
}

function fusedProjections(
  b: DecoderBuilder,
  input: string,
  scope: string,
  width: { q: number; kv: number },
): { q: string; k: string; v: string } {
  const { names, hiddenSize, attention } = b.shape;
  const all = b.linear(input, `${scope}.${names.qkv}`, {
    from: hiddenSize,
    to: width.q + 2 * width.kv,
    bias: attention.bias,
  });
  const sizes = b.int64(`/${names.base}/qkv_sizes`, [width.q, width.kv, width.kv]);
  const [q, k, v] = b.nodes("Split", `${nodeScope(scope)}/Split`, 3, [all, sizes], 2);
  return { q: q!, k: k!, v: v! };
}
