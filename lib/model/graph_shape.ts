/**
 * Heads, widths and vocabulary, as far as the shapes of a graph tell them.
 *
 * @module
 */
import { allGraphs } from "./architecture.ts";
import type { GraphWeight, Matrix } from "./graph_weights.ts";
import type { GraphInfo, ValueInfo } from "./onnx_reader.ts";
import { byteLengthOf } from "./onnx_types.ts";

/** Sizes that a graph tells; `null` where it does not. */
export interface GraphShape {
  hiddenSize: number | null;
  intermediateSize: number | null;
  numHeads: number | null;
  numKvHeads: number | null;
  headDim: number | null;
  vocabSize: number | null;
  numExperts: number | null;
  expertsPerToken: number | null;
}

/** Reads the sizes off the shapes of weights, cache and outputs. */
export function graphShape(graph: GraphInfo, weights: readonly GraphWeight[]): GraphShape {
  const nodes = allGraphs(graph).flatMap((g) => g.nodes);
  const attribute = (name: string) => {
    const found = nodes.find((node) => node.ints.has(name) && /Attention|MoE/.test(node.opType));
    return found?.ints.get(name) || null;
  };
  const matrices = (component: RegExp) =>
    weights.flatMap((weight) => weight.uses).flatMap(({ place, matrix }) =>
      matrix !== null && component.test(place.component) ? [matrix] : []
    );
  // Tables of positions are embeddings too, and smaller.
  const [table] = weights
    .filter(({ uses, dims, kind }) =>
      kind === "parameter" && dims.length === 2 &&
      uses.some(({ place }) => place.component === "embed_tokens")
    )
    .sort((a, b) => b.elements - a.elements);
  const rows = table?.dims[0] ?? null;
  const logits = graph.outputs.find((output) => output.name === "logits")?.dims.at(-1);
  const [head] = matrices(/^lm_head$/);
  const hiddenSize = (table === undefined ? null : table.elements / table.dims[0]!) ??
    head?.rows ?? null;
  const cache = graph.inputs.map(keyShape).find((shape) => shape !== null) ?? null;
  const headDim = cache?.headDim ?? null;
  const [output] = matrices(/^o_proj$/);
  const [query] = matrices(/^q_proj$/);
  const queryWidth = output?.rows ?? query?.columns ?? null;
  const numHeads = attribute("num_heads") ??
    (queryWidth !== null && headDim !== null ? queryWidth / headDim : null);
  const experts = weights.filter((weight) =>
    weight.uses.some(({ place }) => place.component === "experts")
  );
  return {
    hiddenSize,
    intermediateSize: innerWidth(matrices(/^(down_proj|fc2)$/), matrices(/^experts$/), hiddenSize),
    numHeads,
    numKvHeads: attribute("kv_num_heads") ?? cache?.numKvHeads ?? null,
    headDim,
    vocabSize: typeof logits === "number" ? logits : head?.columns ?? rows,
    numExperts: countExperts(experts) ?? routed(matrices(/^router$/)),
    expertsPerToken: attribute("k"),
  };
}

function innerWidth(
  down: readonly Matrix[],
  experts: readonly Matrix[],
  hiddenSize: number | null,
): number | null {
  if (down.length > 0) return down[0]!.rows;
  if (experts.length === 0 || hiddenSize === null) return null;
  // Gate and up may lie in one matrix of twice the width; down shows the width itself.
  const other = experts.map(({ rows, columns }) => rows === hiddenSize ? columns : rows);
  return Math.min(...other);
}

// A router has a score for each expert; that of a shared expert has one.
function routed(routers: readonly Matrix[]): number | null {
  const most = Math.max(0, ...routers.map((matrix) => matrix.columns));
  return most > 1 ? most : null;
}

// Experts lie in one weight of three axes, or each in weights of its own that are numbered.
function countExperts(weights: readonly GraphWeight[]): number | null {
  const stacked = weights.flatMap((weight) => weight.uses).find((use) =>
    (use.matrix?.count ?? 1) > 1
  );
  if (stacked) return stacked.matrix!.count;
  const numbers = new Set<string>();
  for (const { name, uses } of weights) {
    for (const text of [name, ...uses.map((use) => use.node.name)]) {
      const number = /experts[./](\d+)/.exec(text)?.[1];
      if (number !== undefined) numbers.add(number);
    }
  }
  return numbers.size === 0 ? null : numbers.size;
}

const isState = (name: string) => /conv|ssm|recurrent|encoder|cross/.test(name);

function keyShape({ name, dims }: ValueInfo): { numKvHeads: number; headDim: number } | null {
  if (!/^past|^key_cache/.test(name) || isState(name)) return null;
  const axes = dims.length === 5 ? dims.slice(1) : dims;
  const [, numKvHeads, , headDim] = axes;
  if (axes.length !== 4 || typeof numKvHeads !== "number" || typeof headDim !== "number") {
    return null;
  }
  return { numKvHeads, headDim };
}

/** Bytes that one token adds to the KV cache; `null` where the graph has none. */
export function kvBytesPerToken(graph: GraphInfo, kvWidth: number | null): number | null {
  let bytes = 0;
  for (const { name, dims, dataType } of graph.inputs) {
    if (!/^past|^(key|value)_cache/.test(name) || isState(name)) continue;
    const numbers = dims.filter((dim) => typeof dim === "number");
    const isFixed = numbers.length === dims.length; // a static cache states its length too
    const isFlat = dims.length === 3 && numbers.length === 1; // heads lie in the batch's axis
    const elements = kvWidth !== null && (isFixed || isFlat)
      ? kvWidth * (/key_value/.test(name) ? 2 : 1)
      : numbers.reduce((product, dim) => product * dim, 1);
    bytes += byteLengthOf(dataType, elements) ?? 0;
  }
  return bytes === 0 ? null : bytes;
}
