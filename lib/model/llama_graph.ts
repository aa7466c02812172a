/**
 * The graph of a Llama decoder in standard ONNX operators, with the names that Hugging Face's
 * exporter gives: `/model/layers.0/self_attn/q_proj/MatMul`, `past_key_values.0.key`.
 *
 * It differs from an export in two places, both for less work per token: all shapes are constants
 * with 0 and −1 where the exporter computes them, and keys and values of a group of heads are not
 * repeated; the queries of a group are stacked instead.
 *
 * @module
 */
import { GraphBuilder, type GraphSpec } from "./graph_spec.ts";
import type { LlamaShape } from "./llama_config.ts";
import { DataType } from "./onnx_types.ts";
import { causalMask, rotaryTables } from "./llama_positions.ts";

const { FLOAT, FLOAT16, INT64 } = DataType;

/** Builds the graph of `shape`, with weights and cache as `dataType` and logits as fp32. */
export function llamaGraph(shape: LlamaShape, dataType: number): GraphSpec {
  return new LlamaGraph(shape, dataType).build();
}

class LlamaGraph {
  #b = new GraphBuilder();
  #shape: LlamaShape;
  #type: number;
  #cos = "";
  #sin = "";
  #mask = "";

  constructor(shape: LlamaShape, dataType: number) {
    this.#shape = shape;
    this.#type = dataType;
  }

  build(): GraphSpec {
    const { numLayers, numKvHeads, headDim, hiddenSize, vocabSize, tiedHead } = this.#shape;
    const b = this.#b;
    const total = "past_sequence_length + sequence_length";
    b.graph.inputs.push(
      { name: "input_ids", dataType: INT64, dims: ["batch_size", "sequence_length"] },
      { name: "attention_mask", dataType: INT64, dims: ["batch_size", total] },
      { name: "position_ids", dataType: INT64, dims: ["batch_size", "sequence_length"] },
    );
    b.graph.outputs.push({
      name: "logits",
      dataType: FLOAT,
      dims: ["batch_size", "sequence_length", vocabSize],
    });
    for (let layer = 0; layer < numLayers; layer++) {
      for (const part of ["key", "value"]) {
        const dims = (length: string) => ["batch_size", numKvHeads, length, headDim];
        b.graph.inputs.push({
          name: `past_key_values.${layer}.${part}`,
          dataType: this.#type,
          dims: dims("past_sequence_length"),
        });
        b.graph.outputs.push({
          name: `present.${layer}.${part}`,
          dataType: this.#type,
          dims: dims(total),
        });
      }
    }

    const embedding = b.weight("model.embed_tokens.weight", [vocabSize, hiddenSize], this.#type);
    let hidden = b.node("Gather", "/model/embed_tokens/Gather", [embedding, "input_ids"]);
    ({ cos: this.#cos, sin: this.#sin } = rotaryTables(b, headDim, this.#shape.ropeTheta));
    if (this.#type !== FLOAT) {
      this.#cos = this.#cast(this.#cos, "/model/rotary_emb/Cast_1");
      this.#sin = this.#cast(this.#sin, "/model/rotary_emb/Cast_2");
    }
    this.#mask = causalMask(b);
    for (let layer = 0; layer < numLayers; layer++) hidden = this.#layer(hidden, layer);
    hidden = this.#norm(hidden, "model.norm");

    const head = tiedHead
      ? b.node("Transpose", "/lm_head/Transpose", [embedding], { perm: [1, 0] })
      : b.weight("lm_head.weight", [hiddenSize, vocabSize], this.#type, true);
    const output = this.#type === FLOAT ? "logits" : "/lm_head/MatMul_output_0";
    b.nodeTo(output, "MatMul", "/lm_head/MatMul", [hidden, head]);
    if (this.#type !== FLOAT) b.nodeTo("logits", "Cast", "/lm_head/Cast", [output], { to: FLOAT });
    return b.graph;
  }

  #layer(input: string, layer: number): string {
    const scope = `model.layers.${layer}`;
    const attended = this.#attention(this.#norm(input, `${scope}.input_layernorm`), layer);
    const middle = this.#b.node("Add", `${nodeScope(scope)}/Add`, [input, attended]);
    const fed = this.#mlp(this.#norm(middle, `${scope}.post_attention_layernorm`), scope);
    return this.#b.node("Add", `${nodeScope(scope)}/Add_1`, [middle, fed]);
  }

  #attention(input: string, layer: number): string {
    const { numHeads, numKvHeads, headDim, hiddenSize, attentionBias } = this.#shape;
    const b = this.#b;
    const scope = `model.layers.${layer}.self_attn`;
    const at = `/model/layers.${layer}/self_attn`;
    const width = { q: numHeads * headDim, kv: numKvHeads * headDim };
    const projected = (part: "q" | "k" | "v", heads: number, suffix: string) => {
      const size = part === "q" ? width.q : width.kv;
      const flat = this.#linear(input, `${scope}.${part}_proj`, hiddenSize, size, attentionBias);
      const split = b.node("Reshape", `${at}/Reshape${suffix}`, [
        flat,
        b.int64(`/model/heads_${heads}`, [0, 0, heads, headDim]),
      ]);
      return b.node("Transpose", `${at}/Transpose${suffix}`, [split], { perm: [0, 2, 1, 3] });
    };
    const query = this.#rotate(projected("q", numHeads, ""), `${at}/rotary_emb/q`);
    const key = this.#rotate(projected("k", numKvHeads, "_1"), `${at}/rotary_emb/k`);
    const value = projected("v", numKvHeads, "_2");
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
          b.int64(`/model/regroup_${heads}_${last}`, [0, heads, -1, last]),
        ])
        : x;
    const stacked = regroup(query, `${at}/Reshape_3`, numKvHeads, headDim);
    const turned = b.node("Transpose", `${at}/Transpose_3`, [keys], { perm: [0, 1, 3, 2] });
    let scores = b.node("MatMul", `${at}/MatMul`, [stacked, turned]);
    // Scores are masked and normalised in fp32, as transformers does.
    if (this.#type !== FLOAT) scores = b.node("Cast", `${at}/Cast`, [scores], { to: FLOAT });
    scores = b.node("Mul", `${at}/Mul`, [
      scores,
      b.float("/model/scale", [1 / Math.sqrt(headDim)], []),
    ]);
    scores = regroup(scores, `${at}/Reshape_4`, numHeads, 0);
    scores = b.node("Add", `${at}/Add`, [scores, this.#mask]);
    let weights = b.node("Softmax", `${at}/Softmax`, [scores], { axis: -1 });
    if (this.#type !== FLOAT) weights = this.#cast(weights, `${at}/Cast_1`);
    weights = regroup(weights, `${at}/Reshape_5`, numKvHeads, 0);
    let mixed = b.node("MatMul", `${at}/MatMul_1`, [weights, values]);
    mixed = regroup(mixed, `${at}/Reshape_6`, numHeads, headDim);
    mixed = b.node("Transpose", `${at}/Transpose_4`, [mixed], { perm: [0, 2, 1, 3] });
    mixed = b.node("Reshape", `${at}/Reshape_7`, [
      mixed,
      b.int64("/model/joined", [0, 0, width.q]),
    ]);
    return this.#linear(mixed, `${scope}.o_proj`, width.q, hiddenSize, attentionBias);
  }

  #mlp(input: string, layerScope: string): string {
    const { hiddenSize, intermediateSize, mlpBias } = this.#shape;
    const b = this.#b;
    const scope = `${layerScope}.mlp`;
    const at = nodeScope(scope);
    const gate = this.#linear(input, `${scope}.gate_proj`, hiddenSize, intermediateSize, mlpBias);
    const sigmoid = b.node("Sigmoid", `${at}/act_fn/Sigmoid`, [gate]);
    const silu = b.node("Mul", `${at}/act_fn/Mul`, [gate, sigmoid]);
    const up = this.#linear(input, `${scope}.up_proj`, hiddenSize, intermediateSize, mlpBias);
    const gated = b.node("Mul", `${at}/Mul`, [silu, up]);
    return this.#linear(gated, `${scope}.down_proj`, intermediateSize, hiddenSize, mlpBias);
  }

  #linear(input: string, scope: string, from: number, to: number, bias: boolean): string {
    const b = this.#b;
    const at = nodeScope(scope);
    const weight = b.weight(`${scope}.weight`, [from, to], this.#type, true);
    const product = b.node("MatMul", `${at}/MatMul`, [input, weight]);
    if (!bias) return product;
    return b.node("Add", `${at}/Add`, [b.weight(`${scope}.bias`, [to], this.#type), product]);
  }

  // Pow … Mul_1 is the chain that ONNX Runtime recognises as SimplifiedLayerNormalization.
  #norm(input: string, scope: string): string {
    const b = this.#b;
    const at = nodeScope(scope);
    const half = this.#type !== FLOAT;
    const x = half ? b.node("Cast", `${at}/Cast`, [input], { to: FLOAT }) : input;
    const square = b.node("Pow", `${at}/Pow`, [x, b.float("/model/two", [2], [])]);
    const mean = b.node("ReduceMean", `${at}/ReduceMean`, [square], { axes: [-1], keepdims: 1 });
    const epsilon = b.float("/model/epsilon", [this.#shape.normEpsilon], []);
    const sum = b.node("Add", `${at}/Add`, [mean, epsilon]);
    const root = b.node("Sqrt", `${at}/Sqrt`, [sum]);
    const inverse = b.node("Div", `${at}/Div`, [b.float("/model/one", [1], []), root]);
    const scaled = b.node("Mul", `${at}/Mul`, [x, inverse]);
    const normed = half ? this.#cast(scaled, `${at}/Cast_1`) : scaled;
    const weight = b.weight(`${scope}.weight`, [this.#shape.hiddenSize], this.#type);
    return b.node("Mul", `${at}/Mul_1`, [weight, normed]);
  }

  // Half-split rotary embedding (transformers' rotate_half): x·cos + [x2, x1]·[−sin, sin].
  #rotate(x: string, at: string): string {
    const b = this.#b;
    const half = this.#shape.headDim / 2;
    const halves = b.int64("/model/rotary_emb/halves", [half, half]);
    const [first, second] = b.nodes("Split", `${at}/Split`, 2, [x, halves], 3) as [string, string];
    const swapped = b.node("Concat", `${at}/Concat`, [second, first], { axis: 3 });
    const kept = b.node("Mul", `${at}/Mul`, [x, this.#cos]);
    const turned = b.node("Mul", `${at}/Mul_1`, [swapped, this.#sin]);
    return b.node("Add", `${at}/Add`, [kept, turned]);
  }

  #cast(input: string, name: string): string {
    return this.#type === FLOAT ? input : this.#b.node("Cast", name, [input], { to: FLOAT16 });
  }
}

// Modules of a list keep their dot: model.layers.0.mlp is /model/layers.0/mlp.
function nodeScope(scope: string): string {
  return "/" + scope.replace(/\.(?!\d)/g, "/");
}
