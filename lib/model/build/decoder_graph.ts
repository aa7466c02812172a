/**
 * The graph of a decoder in standard ONNX operators, with the names that Hugging Face's exporter
 * gives: `/model/layers.0/self_attn/q_proj/MatMul`, `past_key_values.0.key`. Where the exporter
 * computes shapes, they are constants with 0 and −1, for less work per token.
 *
 * @module
 */
import { attention, type AttentionInputs } from "./attention.ts";
import { DecoderBuilder, nodeScope } from "./decoder_builder.ts";
import type { DecoderShape } from "./decoder_shape.ts";
import { feedForward } from "./feed_forward.ts";
import type { GraphSpec } from "./graph_spec.ts";
import { norm } from "./norm.ts";
import { DataType } from "../onnx_types.ts";
import type { MatrixFormat } from "./precision.ts";
import { causalMasks, rotaryTables } from "./positions.ts";
import { softCap } from "./soft_cap.ts";

const { INT64, FLOAT } = DataType;

/** Builds the graph of `shape`, with matrices as asked, all else as `dataType` and logits as fp32. */
export function decoderGraph(
  shape: DecoderShape,
  dataType: number,
  matrices: MatrixFormat = { kind: "float" },
): GraphSpec {
  const b = new DecoderBuilder(shape, dataType, matrices);
  const { names, hiddenSize, numLayers } = shape;
  declare(b);
  const embedding = b.weight(`${names.base}.${names.embedding}.weight`, [
    shape.vocabSize,
    hiddenSize,
  ], dataType);
  let hidden = embed(b, embedding);
  const shared: AttentionInputs = {
    tables: shape.rotary === null ? null : rotaryTables(b, shape.rotary),
    masks: causalMasks(b, new Set(shape.attention.windows)),
  };
  for (let i = 0; i < numLayers; i++) hidden = layer(b, hidden, i, shared);
  hidden = norm(b, hidden, `${names.base}.${names.finalNorm}`, hiddenSize);
  head(b, hidden, embedding);
  return b.graph;
}

function declare(b: DecoderBuilder): void {
  const { numLayers, numKvHeads, headDim, vocabSize } = b.shape;
  const { inputs, outputs } = b.graph;
  const total = "past_sequence_length + sequence_length";
  inputs.push(
    { name: "input_ids", dataType: INT64, dims: ["batch_size", "sequence_length"] },
    { name: "attention_mask", dataType: INT64, dims: ["batch_size", total] },
    { name: "position_ids", dataType: INT64, dims: ["batch_size", "sequence_length"] },
  );
  outputs.push({
    name: "logits",
    dataType: FLOAT,
    dims: ["batch_size", "sequence_length", vocabSize],
  });
  for (let i = 0; i < numLayers; i++) {
    for (const part of ["key", "value"]) {
      const dims = (length: string) => ["batch_size", numKvHeads, length, headDim];
      inputs.push({
        name: `past_key_values.${i}.${part}`,
        dataType: b.type,
        dims: dims("past_sequence_length"),
      });
      outputs.push({ name: `present.${i}.${part}`, dataType: b.type, dims: dims(total) });
    }
  }
}

function embed(b: DecoderBuilder, embedding: string): string {
  const { names, hiddenSize, learnedPositions, embeddingScale } = b.shape;
  const at = `/${names.base}`;
  const rows = b.node("Gather", `${at}/${names.embedding}/Gather`, [embedding, "input_ids"]);
  if (embeddingScale !== null) {
    return b.node("Mul", `${at}/Mul`, [rows, b.number(`${at}/embedding_scale`, embeddingScale)]);
  }
  if (learnedPositions === null) return rows;
  const table = b.weight(`${names.base}.${names.positions}.weight`, [
    learnedPositions,
    hiddenSize,
  ], b.type);
  const places = b.node("Gather", `${at}/${names.positions}/Gather`, [table, "position_ids"]);
  return b.node("Add", `${at}/Add`, [rows, places]);
}

function layer(b: DecoderBuilder, input: string, index: number, shared: AttentionInputs): string {
  const { names, hiddenSize, arrangement } = b.shape;
  const scope = `${names.base}.${names.layers}.${index}`;
  const at = nodeScope(scope);
  const normed = (x: string, name: string) => norm(b, x, `${scope}.${name}`, hiddenSize);
  const first = normed(input, names.inputNorm);
  const attended = attention(b, first, index, shared);
  switch (arrangement) {
    case "parallel": {
      const fed = feedForward(b, first, scope);
      const both = b.node("Add", `${at}/Add`, [attended, fed]);
      return b.node("Add", `${at}/Add_1`, [both, input]);
    }
    case "sandwich": {
      const middle = b.node("Add", `${at}/Add`, [input, normed(attended, names.middleNorm)]);
      const fed = feedForward(b, normed(middle, "pre_feedforward_layernorm"), scope);
      const after = normed(fed, "post_feedforward_layernorm");
      return b.node("Add", `${at}/Add_1`, [middle, after]);
    }
    case "serial": {
      const middle = b.node("Add", `${at}/Add`, [input, attended]);
      const fed = feedForward(b, normed(middle, names.middleNorm), scope);
      return b.node("Add", `${at}/Add_1`, [middle, fed]);
    }
  }
}

function head(b: DecoderBuilder, hidden: string, embedding: string): void {
  const { hiddenSize, vocabSize, head } = b.shape;
  const name = "/lm_head/MatMul";
  const isLast = !head.bias && !b.isHalf && head.softCap === null;
  // A quantized head has a matrix of its own: the embedding stays as it is.
  let logits = head.tied && b.matrices.kind === "float"
    ? b.node("MatMul", name, [
      hidden,
      b.node("Transpose", "/lm_head/Transpose", [embedding], { perm: [1, 0] }),
    ])
    : b.product(hidden, name, {
      name: "lm_head.weight",
      from: hiddenSize,
      to: vocabSize,
      stored: { name: head.tied ? embedding : "lm_head.weight", outFirst: true },
    }, isLast ? "logits" : undefined);
  if (head.bias) {
    const bias = b.weight("lm_head.bias", [vocabSize], b.type);
    logits = b.node("Add", "/lm_head/Add", [bias, logits]);
  }
  logits = b.widen(logits, "/lm_head/Cast");
  if (head.softCap !== null) {
    softCap(b, logits, head.softCap, { div: "/Div", tanh: "/Tanh", mul: "/Mul" });
  }
  b.nameLast("logits");
}
