/**
 * A mixture of experts that really routes: tokens are sorted by expert, cut into one piece for
 * each, and an expert multiplies its own piece only, which for most experts of a decode step has
 * no rows, so that its weights are not read.
 *
 * `com.microsoft.MoE` would do it in one node, on the CPU, too (ONNX Runtime 1.30); then nobody could
 * tell which expert cost what, and no export of optimum looks so.
 *
 * The exporter writes the same work as NonZero, Gather and ScatterElements, some twenty small
 * nodes around each expert; here they are a dozen for all of them. The experts' own nodes and the
 * router's have the exporter's names.
 *
 * @module
 */
import { type DecoderBuilder, nodeScope } from "./decoder_builder.ts";
import type { FeedForwardShape } from "./decoder_shape.ts";
import { activate } from "./feed_forward.ts";
import { DataType } from "../onnx_types.ts";

type Experts = Extract<FeedForwardShape, { kind: "experts" }>;

/** Router and experts (Mixtral's `block_sparse_moe`). */
export function experts(b: DecoderBuilder, input: string, scope: string, shape: Experts): string {
  const { hiddenSize } = b.shape;
  const at = nodeScope(scope);
  const rowsOf = b.int64("/model/rows", [-1, hiddenSize]);
  const tokens = b.node("Reshape", `${at}/Reshape`, [input, rowsOf]);
  const { shares, chosen } = route(b, tokens, scope, shape);

  // A row for every choice, in the order of the experts that were chosen.
  const flat = b.node("Reshape", `${at}/Reshape_1`, [chosen, b.int64("/model/flat", [-1])]);
  const order = sorted(b, flat, `${at}/TopK_1`, flat);
  const perToken = b.int64("/model/experts_per_token", [shape.perToken], []);
  const rows = b.node("Gather", `${at}/Gather`, [
    tokens,
    b.node("Div", `${at}/Div_1`, [order, perToken]),
  ], { axis: 0 });
  const numbers = Array.from({ length: shape.experts }, (_, i) => i);
  const matches = b.node("Equal", `${at}/Equal`, [
    b.node("Unsqueeze", `${at}/Unsqueeze`, [flat, b.int64("/model/axes_1", [1])]),
    b.int64("/model/experts", numbers),
  ]);
  const counts = b.node("ReduceSum", `${at}/ReduceSum_1`, [
    b.node("Cast", `${at}/Cast`, [matches], { to: DataType.INT64 }),
    b.int64("/model/axes_0", [0]),
  ], { keepdims: 0 });
  const pieces = b.nodes("Split", `${at}/Split`, shape.experts, [rows, counts], 0);

  const results = pieces.map((piece, expert) =>
    oneExpert(b, piece, `${scope}.experts.${expert}`, shape)
  );
  const joined = b.node("Concat", `${at}/Concat`, results, { axis: 0 });
  const back = sorted(b, order, `${at}/TopK_2`, flat); // sorting an order inverts it
  const restored = b.node("Reshape", `${at}/Reshape_2`, [
    b.node("Gather", `${at}/Gather_1`, [joined, back], { axis: 0 }),
    b.int64("/model/choices", [-1, shape.perToken, hiddenSize]),
  ]);
  const weighted = b.node("Mul", `${at}/Mul`, [
    restored,
    b.node("Unsqueeze", `${at}/Unsqueeze_1`, [shares, b.int64("/model/axes_2", [2])]),
  ]);
  const sum = b.node("ReduceSum", `${at}/ReduceSum_2`, [weighted, b.int64("/model/axes_1", [1])], {
    keepdims: 0,
  });
  return b.node("Reshape", `${at}/Reshape_3`, [sum, b.node("Shape", `${at}/Shape`, [input])]);
}

// Each token's experts and their shares of its result; softmax in fp32, as transformers does.
function route(
  b: DecoderBuilder,
  tokens: string,
  scope: string,
  shape: Experts,
): { shares: string; chosen: string } {
  const at = nodeScope(scope);
  const { hiddenSize } = b.shape;
  const scores = b.linear(tokens, `${scope}.gate`, {
    from: hiddenSize,
    to: shape.experts,
    bias: false,
  });
  const odds = b.node("Softmax", `${at}/Softmax`, [b.widen(scores, `${at}/gate/Cast`)], {
    axis: -1,
  });
  const count = b.int64("/model/experts_per_token_1", [shape.perToken]);
  const [best, chosen] = b.nodes("TopK", `${at}/TopK`, 2, [odds, count], -1) as [string, string];
  const total = b.node("ReduceSum", `${at}/ReduceSum`, [best, b.int64("/model/axes_last", [-1])], {
    keepdims: 1,
  });
  const shares = b.node("Div", `${at}/Div`, [best, total]);
  return { shares: b.narrow(shares, `${at}/Cast_1`), chosen };
}

// Where the numbers of `values` stand when they are sorted from the smallest.
function sorted(b: DecoderBuilder, values: string, name: string, asMany: string): string {
  const count = b.node("Shape", name.replace("TopK", "Shape"), [asMany]);
  b.nodes("TopK", name, 2, [values, count], 0, { largest: 0 });
  return `${name}_output_1`;
}

function oneExpert(b: DecoderBuilder, rows: string, scope: string, shape: Experts): string {
  const at = nodeScope(scope);
  const { hiddenSize } = b.shape;
  const into = { from: hiddenSize, to: shape.size, bias: false };
  const gate = activate(b, b.linear(rows, `${scope}.w1`, into), `${at}/act_fn`, shape.activation);
  const up = b.linear(rows, `${scope}.w3`, into);
  return b.linear(b.node("Mul", `${at}/Mul`, [gate, up]), `${scope}.w2`, {
    from: shape.size,
    to: hiddenSize,
    bias: false,
  });
}
