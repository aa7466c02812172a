/**
 * The numbers that describe a model: sizes, heads, bytes, and what a token costs.
 *
 * @module
 */
import type { Architecture } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import { graphShape, kvBytesPerToken } from "./graph_shape.ts";
import { type GraphWeight, graphWeights } from "./graph_weights.ts";
import type { OnnxModel } from "./onnx_reader.ts";
import { type ParameterPart, partOf, partsOf } from "./parameter_parts.ts";
import type { PerToken } from "./per_token.ts";

/** Sizes of a model. `null` where neither its config nor its graph tells them. */
export interface ModelFeatures {
  /** Numbers in the weights; a tied head counts once. */
  parameters: number;
  /** The same, by part; they add up. A tied head counts as embedding. */
  parametersByPart: Record<ParameterPart, number>;
  /** Parameters without the experts that a token is not routed to; `null` where it is not known. */
  activeParameters: number | null;
  /** Layers. */
  numLayers: number;
  /** Width of the residual stream. */
  hiddenSize: number | null;
  /** Width inside the MLP, or inside one expert. */
  intermediateSize: number | null;
  /** Query heads per layer. */
  numHeads: number | null;
  /** Key and value heads per layer. */
  numKvHeads: number | null;
  /** Width of a head. */
  headDim: number | null;
  /** Ids that the model can put out. */
  vocabSize: number | null;
  /** Experts per layer; `null` without a router. */
  numExperts: number | null;
  /** Experts that one token is routed to. */
  expertsPerToken: number | null;
  /** Tokens that the layers with a window look back; `null` where none has one. */
  slidingWindow: number | null;
  /**
   * The type that most numbers of the layers' matrices have: `"fp32"`, `"fp16"`, `"bf16"`,
   * `"int8"`, `"int4"`.
   */
  precision: string;
  /** Numbers that share a scale, where the weights are quantized in blocks. */
  blockSize: number | null;
  /** Bytes that the weights take on disk. */
  weightBytes: number;
  /** Bytes that one token adds to the KV cache; `null` where the graph has no cache. */
  kvBytesPerToken: number | null;
  /** Coefficients of {@linkcode flopsPerToken}. */
  flopsPerToken: PerToken | null;
  /** Coefficients of {@linkcode bytesPerToken}. */
  bytesPerToken: PerToken | null;
}

/** Counts the features of a graph; what its configuration leaves out is told from its shapes. */
export function featuresOf(
  model: OnnxModel,
  config: ModelConfig | null,
  architecture: Architecture,
): ModelFeatures {
  const { graph } = model;
  const weights = graphWeights(model);
  const shape = graphShape(graph, weights);
  const stated = <K extends keyof typeof shape>(key: K) => config?.[key] ?? shape[key];
  // The graph's own inputs and outputs are what runs, whatever is written beside it.
  const built = <K extends keyof typeof shape>(key: K) => shape[key] ?? config?.[key] ?? null;
  const numHeads = stated("numHeads");
  const headDim = built("headDim");
  const numKvHeads = built("numKvHeads") ?? numHeads;
  const { numLayers } = architecture;
  const kvWidth = numKvHeads !== null && headDim !== null ? numKvHeads * headDim : null;
  const kvBytes = kvBytesPerToken(graph, kvWidth);

  const parametersByPart = partsOf(weights, config?.tiedHead === true);
  const parameters = Object.values(parametersByPart).reduce((sum, count) => sum + count, 0);
  const experts = { all: stated("numExperts"), used: stated("expertsPerToken") };
  const isMixture = parametersByPart.experts > 0;
  const share = !isMixture
    ? 1
    : experts.all !== null && experts.used !== null
    ? Math.min(1, experts.used / experts.all)
    : null;
  const windowed = Math.min(numLayers, config?.numSlidingLayers ?? 0);
  const [, precision, blockSize] = commonest(weights);
  return {
    parameters,
    parametersByPart,
    activeParameters: share === null
      ? null
      : parameters - Math.round(parametersByPart.experts * (1 - share)),
    numLayers,
    hiddenSize: stated("hiddenSize"),
    intermediateSize: stated("intermediateSize"),
    numHeads,
    numKvHeads,
    headDim,
    vocabSize: built("vocabSize"),
    numExperts: isMixture ? experts.all : null,
    expertsPerToken: isMixture ? experts.used : null,
    slidingWindow: config?.slidingWindow ?? null,
    precision,
    blockSize,
    weightBytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    kvBytesPerToken: kvBytes,
    flopsPerToken: share === null || numHeads === null || headDim === null ? null : {
      base: multiplied(weights, share),
      // A score and a value: one multiply-add each for every element of a head.
      ...byLayers(4 * numHeads * headDim * numLayers, windowed, numLayers),
    },
    bytesPerToken: share === null || kvBytes === null ? null : {
      base: touched(weights, share),
      ...byLayers(kvBytes, windowed, numLayers),
    },
  };
}

function byLayers(all: number, windowed: number, numLayers: number): Omit<PerToken, "base"> {
  const perWindowToken = numLayers === 0 ? 0 : all * windowed / numLayers;
  return { perContextToken: all - perWindowToken, perWindowToken };
}

function multiplied(weights: readonly GraphWeight[], share: number): number {
  let flops = 0;
  for (const { name, kind, uses } of weights) {
    if (kind === "scale") continue;
    const seen = new Set<string>(); // both branches of a merged decoder hold the same operations
    for (const { place, matrix } of uses) {
      const key = `${place.layer}/${place.component}/${name}`;
      if (matrix === null || seen.has(key)) continue;
      seen.add(key);
      const size = 2 * matrix.rows * matrix.columns * matrix.count;
      flops += partOf(place) === "experts" ? size * share : size;
    }
  }
  return flops;
}

function touched(weights: readonly GraphWeight[], share: number): number {
  let bytes = 0;
  for (const weight of weights) {
    const part = weight.uses[0] === undefined ? "other" : partOf(weight.uses[0].place);
    // A tied head reads the whole table, and the scales of it.
    const isTable = weight.dims.length > 1 && weight.uses.length > 0 &&
      weight.uses.every(({ place, matrix }) => partOf(place) === "embedding" && matrix === null);
    if (isTable) bytes += weight.bytes / weight.dims[0]!;
    else bytes += part === "experts" ? weight.bytes * share : weight.bytes;
  }
  return bytes;
}

// Embedding and head often stay at a higher precision than what gives a variant its name.
function commonest(weights: readonly GraphWeight[]): [number, string, number | null] {
  const isInLayer = ({ uses }: GraphWeight) =>
    uses.some(({ place, matrix }) => matrix !== null && place.layer !== null);
  const parameters = weights.filter(({ kind }) => kind === "parameter");
  const inLayers = parameters.filter(isInLayer);
  const counts = new Map<string, [number, string, number | null]>();
  for (const weight of inLayers.length > 0 ? inLayers : parameters) {
    const { precision, elements, blockSize } = weight;
    const key = `${precision}/${blockSize}`;
    counts.set(key, [(counts.get(key)?.[0] ?? 0) + elements, precision, blockSize]);
  }
  return [...counts.values()].sort((a, b) => b[0] - a[0])[0] ?? [0, "unknown", null];
}
