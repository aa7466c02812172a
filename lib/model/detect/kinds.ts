/**
 * The kinds of attention and norm that a graph has, and its sizes, as its shapes tell them.
 *
 * @module
 */
import type { ValueInfo } from "../onnx_reader.ts";
import type { PlacedGraph } from "./place_nodes.ts";

/** Sizes that a graph shows. `null` where it does not. */
export interface GraphSizes {
  hiddenSize: number | null;
  vocabSize: number | null;
  numHeads: number | null;
  numKvHeads: number | null;
}

/** Reads sizes from the graph's inputs, attributes and matrices. */
export function sizesOf(graphs: readonly PlacedGraph[]): GraphSizes {
  const placed = graphs.flatMap(({ places, multiplies }) =>
    [...places].map(([node, place]) => ({ node, place, multiply: multiplies.get(node) ?? null }))
  );
  const widths = (component: RegExp) =>
    placed.find(({ place, multiply }) => multiply !== null && component.test(place.component))
      ?.multiply ?? null;
  const attribute = (name: string) => {
    for (const { node } of placed) {
      const value = /Attention/.test(node.opType) ? node.ints.get(name) : undefined;
      if (value !== undefined && value > 0) return value;
    }
    return null;
  };
  const inputs = graphs.flatMap(({ flow }) => flow.graph.inputs);
  const outputs = graphs.flatMap(({ flow }) => flow.graph.outputs);
  const cache = inputs.map(cacheShape).find((shape) => shape !== null) ?? null;
  const queryWidth = widths(/^o_proj$/)?.inWidth ?? widths(/^q_proj$/)?.outWidth ?? null;
  const headDim = cache?.headDim ?? null;
  const fusedWidth = widths(/^qkv_proj$/)?.outWidth ?? null;
  // DeepSeek caches what keys and values are made of: its width tells no heads.
  const isLatent = widths(/^kv_proj$/) !== null;
  const numHeads = attribute("num_heads") ?? (isLatent ? null : quotient(queryWidth, headDim));
  const logits = outputs.find((output) => output.name === "logits")?.dims.at(-1);
  return {
    hiddenSize: widths(/^(q_proj|qkv_proj)$/)?.inWidth ?? null,
    vocabSize: typeof logits === "number" ? logits : widths(/^lm_head$/)?.outWidth ??
      graphs.find((g) => g.embedding !== null)?.embedding?.weight.dims[0] ??
      null,
    numHeads,
    numKvHeads: isLatent ? null : attribute("kv_num_heads") ?? cache?.numKvHeads ??
      (fusedWidth === null || queryWidth === null
        ? quotient(widths(/^k_proj$/)?.outWidth ?? null, headDim)
        : quotient((fusedWidth - queryWidth) / 2, headDim ?? quotient(queryWidth, numHeads))),
  };
}

// Separate keys and values are [batch, heads, past, width]; some exporters stack both in front.
function cacheShape(
  input: ValueInfo,
): { numKvHeads: number | null; headDim: number | null } | null {
  if (!/past|key_cache|cache.*key/.test(input.name) || /conv|recurrent|ssm/.test(input.name)) {
    return null;
  }
  const { dims } = input;
  const heads = dims.length === 4 ? dims[1] : dims.length === 5 ? dims[2] : undefined;
  const last = dims.at(-1);
  if (dims.length < 3) return null;
  const isBoth = /key_value$/.test(input.name); // GPT-BigCode keeps keys and values side by side
  const width = typeof last === "number" ? (isBoth ? last / 2 : last) : null;
  return {
    numKvHeads: typeof heads === "number" ? heads : null,
    headDim: dims.length === 3 && !isBoth ? null : width,
  };
}

/** RMS norm unless the graph subtracts means in its norms. */
export function normKindOf(graphs: readonly PlacedGraph[]): "rmsnorm" | "layernorm" {
  const placed = graphs.flatMap(({ places }) => [...places]);
  if (placed.some(([node]) => /Simplified|^RMSNorm/.test(node.opType))) return "rmsnorm";
  const subtracts = placed.some(([node, { component }]) =>
    /^(Skip|Embed)?LayerNormalization$/.test(node.opType) ||
    (node.opType === "Sub" && /norm/.test(component))
  );
  return subtracts ? "layernorm" : "rmsnorm";
}

function quotient(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 || a % b !== 0 ? null : a / b;
}
