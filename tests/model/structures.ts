/**
 * Graphs of published models as exporters name them, without a single weight: what only reads
 * structure can be tested at full size.
 */
import { architectureOf } from "../../lib/model/architecture.ts";
import { featuresOf, type ModelFeatures } from "../../lib/model/features.ts";
import type { GraphInfo, NodeInfo, TensorInfo, ValueInfo } from "../../lib/model/onnx_reader.ts";
import { byteLengthOf } from "../../lib/model/onnx_types.ts";
import { readConfig } from "../../lib/model/config.ts";
import { temporaryFolder } from "./checkpoints.ts";

/** Grows a graph operation by operation; values are chained by name only. */
export class Structure {
  /** What was added so far. */
  readonly graph: GraphInfo = { nodes: [], initializers: [], inputs: [], outputs: [] };
  #dataType: number;

  /** Weights have `dataType`, 1 for fp32. */
  constructor(dataType = 1) {
    this.#dataType = dataType;
    this.graph.inputs.push({ name: "input_ids", dataType: 7, dims: ["batch", "sequence"] });
  }

  /** Adds a weight of that shape. */
  weight(name: string, dims: number[], dataType: number = this.#dataType): string {
    if (this.graph.initializers.some((tensor) => tensor.name === name)) return name;
    const elements = dims.reduce((a, b) => a * b, 1);
    const byteLength = byteLengthOf(dataType, elements)!;
    const tensor: TensorInfo = { name, dims, dataType, elements, byteLength, external: null };
    this.graph.initializers.push(tensor);
    return name;
  }

  /** Adds an operation. */
  node(name: string, opType: string, inputs: string[], ints: Record<string, number> = {}): string {
    const node: NodeInfo = {
      name,
      opType,
      inputs,
      outputs: [`${name}_output_0`],
      ints: new Map(Object.entries(ints)),
      subgraphs: [],
      scopes: null,
    };
    this.graph.nodes.push(node);
    return node.outputs[0]!;
  }

  /** Adds a matrix as TorchScript writes it: a nameless transposed weight, and its bias. */
  linear(module: string, rows: number, columns: number, bias = false): void {
    const weight = this.weight(`onnx::MatMul_${this.graph.initializers.length}`, [rows, columns]);
    const product = this.node(`${module}/MatMul`, "MatMul", ["x", weight]);
    if (!bias) return;
    const term = this.weight(`${module.slice(1).replaceAll("/", ".")}.bias`, [columns]);
    this.node(`${module}/Add`, "Add", [product, term]);
  }

  /** Adds a matrix of 4 bits in blocks, as onnxruntime's quantizer writes it. */
  packed(module: string, rows: number, columns: number, blockSize: number): void {
    const blocks = Math.ceil(rows / blockSize);
    const name = module.slice(1).replaceAll("/", ".");
    const inputs = [
      "x",
      this.weight(`${name}_Q4`, [columns, blocks, blockSize / 2], 2),
      this.weight(`${name}_scales`, [columns * blocks], this.#dataType),
      this.weight(`${name}_zero_points`, [columns * Math.ceil(blocks / 2)], 2),
    ];
    this.node(`${module}/MatMul_Q4`, "MatMulNBits", inputs, {
      K: rows,
      N: columns,
      bits: 4,
      block_size: blockSize,
    });
  }

  /** Adds a norm, with a bias where `bias`. */
  norm(module: string, width: number, bias = false): void {
    const name = module.slice(1).replaceAll("/", ".");
    const scaled = this.node(`${module}/Mul_1`, "Mul", [
      this.weight(`${name}.weight`, [width]),
      "x",
    ]);
    if (bias) {
      this.node(`${module}/Add_1`, "Add", [scaled, this.weight(`${name}.bias`, [width])]);
    }
  }

  /** Adds keys and values of a layer to the cache. */
  cache(layer: number, numKvHeads: number, headDim: number): void {
    for (const part of ["key", "value"]) {
      const dims = ["batch", numKvHeads, "past", headDim];
      const value: ValueInfo = {
        name: `past_key_values.${layer}.${part}`,
        dataType: this.#dataType,
        dims,
      };
      this.graph.inputs.push(value);
    }
  }
}

/** The features of a structure beside a `config.json` with that content, or beside none. */
export function featuresBeside(
  { graph }: Structure,
  content: Record<string, unknown> | null,
): ModelFeatures {
  using folder = temporaryFolder();
  if (content) Deno.writeTextFileSync(`${folder.path}/config.json`, JSON.stringify(content));
  const config = readConfig(folder.path);
  const model = { path: "model.onnx", producer: "pytorch", producerVersion: "2", graph };
  return featuresOf(model, config, architectureOf(model, config));
}

/** What a Llama-shaped model is made of. */
export interface LlamaSizes {
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  tied?: boolean;
  qkvBias?: boolean;
  fused?: boolean;
  experts?: number;
  blockSize?: number;
}

/** A model of Llama's kind (Mistral, Qwen2, Phi-3, Mixtral too). */
export function llamaStructure(sizes: LlamaSizes, dataType = 1): Structure {
  const { hidden, inner, heads, kvHeads, headDim, vocab, qkvBias = false } = sizes;
  const all = new Structure(dataType);
  const table = all.weight("model.embed_tokens.weight", [vocab, hidden]);
  all.node("/model/embed_tokens/Gather", "Gather", [table, "input_ids"]);
  // Angles are made of a weight too, which is no parameter.
  const frequencies = all.weight("onnx::Expand_9", [1, headDim / 2, 1]);
  all.node("/model/rotary_emb/MatMul", "MatMul", [frequencies, "positions"]);
  for (let layer = 0; layer < sizes.layers; layer++) {
    const at = `/model/layers.${layer}`;
    const linear = (name: string, rows: number, columns: number, bias = false) =>
      sizes.blockSize
        ? all.packed(`${at}/${name}`, rows, columns, sizes.blockSize)
        : all.linear(`${at}/${name}`, rows, columns, bias);
    all.norm(`${at}/input_layernorm`, hidden);
    const [q, kv] = [heads * headDim, kvHeads * headDim];
    if (sizes.fused) linear("self_attn/qkv_proj", hidden, q + 2 * kv);
    else {
      linear("self_attn/q_proj", hidden, q, qkvBias);
      linear("self_attn/k_proj", hidden, kv, qkvBias);
      linear("self_attn/v_proj", hidden, kv, qkvBias);
    }
    all.node(`${at}/self_attn/MatMul`, "MatMul", ["queries", "keys"]);
    linear("self_attn/o_proj", q, hidden);
    all.norm(`${at}/post_attention_layernorm`, hidden);
    if (sizes.experts) {
      linear("block_sparse_moe/gate", hidden, sizes.experts);
      for (let expert = 0; expert < sizes.experts; expert++) {
        const of = `block_sparse_moe/experts.${expert}`;
        linear(`${of}/w1`, hidden, inner);
        linear(`${of}/w3`, hidden, inner);
        linear(`${of}/w2`, inner, hidden);
      }
    } else if (sizes.fused) {
      linear("mlp/gate_up_proj", hidden, 2 * inner);
      linear("mlp/down_proj", inner, hidden);
    } else {
      linear("mlp/gate_proj", hidden, inner);
      linear("mlp/up_proj", hidden, inner);
      linear("mlp/down_proj", inner, hidden);
    }
    all.cache(layer, kvHeads, headDim);
  }
  all.norm("/model/norm", hidden);
  if (sizes.tied) {
    const turned = all.node("/lm_head/Transpose", "Transpose", [table]);
    all.node("/lm_head/MatMul", "MatMul", ["x", turned]);
  } else all.linear("/lm_head", hidden, vocab);
  all.graph.outputs.push({ name: "logits", dataType: 1, dims: ["batch", "sequence", vocab] });
  return all;
}

/** GPT-2: learned positions, fused qkv, biases everywhere, a head that was written once more. */
export function gpt2Structure(hidden: number, layers: number, heads: number): Structure {
  const all = new Structure();
  const [vocab, positions] = [50257, 1024];
  for (const [name, rows] of [["wte", vocab], ["wpe", positions]] as const) {
    const table = all.weight(`transformer.${name}.weight`, [rows, hidden]);
    all.node(`/transformer/${name}/Gather`, "Gather", [table, "input_ids"]);
  }
  for (let layer = 0; layer < layers; layer++) {
    const at = `/transformer/h.${layer}`;
    const gemm = (name: string, rows: number, columns: number) => {
      const of = `transformer.h.${layer}.${name.replace("/", ".")}`;
      all.node(`${at}/${name}/Gemm`, "Gemm", [
        "x",
        all.weight(`${of}.weight`, [rows, columns]),
        all.weight(`${of}.bias`, [columns]),
      ]);
    };
    all.norm(`${at}/ln_1`, hidden, true);
    gemm("attn/c_attn", hidden, 3 * hidden);
    all.node(`${at}/attn/Where`, "Where", [
      all.weight(`mask_${layer}`, [1, 1, positions, positions], 2),
      "scores",
      "lowest",
    ]);
    gemm("attn/c_proj", hidden, hidden);
    all.norm(`${at}/ln_2`, hidden, true);
    gemm("mlp/c_fc", hidden, 4 * hidden);
    gemm("mlp/c_proj", 4 * hidden, hidden);
    all.cache(layer, heads, hidden / heads);
  }
  all.norm("/transformer/ln_f", hidden, true);
  all.linear("/lm_head", hidden, vocab);
  return all;
}
