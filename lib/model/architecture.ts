/**
 * What kind of transformer a graph is, and which component each of its nodes belongs to.
 *
 * @module
 */
import { dirname } from "node:path";
import { type ComponentPlace, placeByName } from "./component_names.ts";
import { type ModelConfig, readConfig } from "./config.ts";
import { type GraphInfo, type NodeInfo, type OnnxModel, readOnnx } from "./onnx_reader.ts";
import type { TensorInfo } from "./onnx_reader.ts";

/** What a graph is made of. */
export interface Architecture {
  /** Hugging Face's `model_type`; `"unknown"` where nothing tells it. */
  family: string;
  /** Layers that the graph has. */
  numLayers: number;
  /** Heads that share keys and values: none, groups of them, all. */
  attentionKind: "mha" | "gqa" | "mqa";
  /** Layer norm subtracts the mean, RMS norm does not. */
  normKind: "rmsnorm" | "layernorm";
  /** Whether tokens are routed to experts. */
  isMoe: boolean;
  /** Share of the multiply-adds with weights whose component is known, 0 to 1. */
  coverage: number;
  /** What is uncertain, one line each. */
  warnings: string[];
  /** The place of a node, also of one that ONNX Runtime has fused; `null` where it is not known. */
  componentOf(nodeName: string): ComponentPlace | null;
}

/**
 * Tells the architecture of an ONNX decoder from its structure and the `config.json` beside it.
 *
 * @param onnxPath The model file.
 * @returns Family, layers, kinds of attention and norm, and the component of each node.
 * @throws {InputError} Where the file is not a whole ONNX model or its config is broken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { detectArchitecture, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const { onnxPath } = await loadModel("models/tinytales");
 * const architecture = await detectArchitecture(onnxPath);
 * const place = architecture.componentOf("/model/layers.0/self_attn/q_proj/MatMul");
 * assert(place?.layer === 0 && place.component === "q_proj");
 * ```
 */
export function detectArchitecture(onnxPath: string): Promise<Architecture> {
  return Promise.try(() => architectureOf(readOnnx(onnxPath), readConfig(dirname(onnxPath))));
}

/** The architecture of a graph that has been read. */
export function architectureOf(model: OnnxModel, config: ModelConfig | null): Architecture {
  const graphs = allGraphs(model.graph);
  const nodes = graphs.flatMap((graph) => graph.nodes);
  const weights = new Map(graphs.flatMap((g) => g.initializers).map((t) => [t.name, t]));
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((out) => [out, node])));
  const places = new Map<string, ComponentPlace | null>();
  let total = 0;
  let assigned = 0;
  for (const node of nodes) {
    const weight = weightOf(node, weights, producers);
    const place = placeOf(node, weight);
    places.set(node.name, place);
    const size = weight === null ? 0 : multiplyAdds(node, weight);
    total += size;
    if (place !== null && place.component !== "other") assigned += size;
  }
  const coverage = total === 0 ? 0 : assigned / total;
  const layersSeen = new Set([...places.values()].map((p) => p?.layer ?? null));
  layersSeen.delete(null);

  const warnings: string[] = [];
  const inGraph = layersSeen.size;
  const numLayers = inGraph > 0 ? inGraph : config?.numLayers ?? 0;
  if (inGraph > 0 && config?.numLayers !== null && (config?.numLayers ?? inGraph) !== inGraph) {
    warnings.push(`The graph has ${inGraph} layers where the config says ${config?.numLayers}`);
  }
  if (coverage < 0.99) {
    const percent = (100 * coverage).toFixed(0);
    warnings.push(`Only ${percent} % of the multiply-adds belong to a known component`);
  }
  const family = config?.family ?? familyByNames(nodes, weights);
  if (config === null || config.family === null) {
    warnings.push(`No config.json beside the model names its family; module names say ${family}`);
  }
  return {
    family,
    numLayers,
    attentionKind: attentionKind(config, model.graph),
    normKind: normKind(nodes, places),
    isMoe: (config?.numExperts ?? 0) > 1 ||
      [...places.values()].some((place) => place?.component === "experts"),
    coverage,
    warnings,
    componentOf: (name) => places.has(name) ? places.get(name)! : placeByName(name),
  };
}

// Families share modules: what is told here is the oldest one that has them.
const FAMILIES: readonly [RegExp, string][] = [
  [/block_sparse_moe/, "mixtral"],
  [/gate_up_proj/, "phi3"],
  [/transformer[./]h[./]0[./]attn[./]c_attn/, "gpt2"],
  [/gpt_neox/, "gpt_neox"],
  [/decoder[./]layers[./]0[./]fc1/, "opt"],
  [/layers[./]0[./]mlp[./]gate_proj/, "llama"],
];

function familyByNames(nodes: readonly NodeInfo[], weights: Map<string, TensorInfo>): string {
  const names = [...nodes.map((node) => node.name), ...weights.keys()];
  return FAMILIES.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? "unknown";
}

/** A graph and the bodies of its branches. */
export function allGraphs(graph: GraphInfo): GraphInfo[] {
  return [graph, ...graph.nodes.flatMap((node) => node.subgraphs.flatMap(allGraphs))];
}

function placeOf(node: NodeInfo, weight: TensorInfo | null): ComponentPlace | null {
  // Node names first: exporters share equal biases and norms between layers, so only a matrix's
  // name may speak for its node (shared notes on ONNX Runtime, section 2).
  const byName = placeByName(node.name);
  if (byName !== null && (byName.component !== "other" || weight === null)) return byName;
  const byWeight = weight === null ? null : placeByName(weight.name);
  return byWeight ?? byName ?? (weight === null ? { layer: null, component: "other" } : null);
}

const MULTIPLIES = /MatMul|Gemm|^Attention$|MoE$/;

// The largest matrix among the inputs, also where it passes a Transpose, Cast or the like first.
function weightOf(
  node: NodeInfo,
  weights: Map<string, TensorInfo>,
  producers: Map<string, NodeInfo>,
): TensorInfo | null {
  if (!MULTIPLIES.test(node.opType)) return null;
  let largest: TensorInfo | null = null;
  for (const input of node.inputs) {
    const producer = producers.get(input);
    const direct = weights.get(input);
    const tensor = direct ??
      (producer !== undefined &&
          /^(Transpose|Cast|Identity|DequantizeLinear)$/.test(producer.opType)
        ? weights.get(producer.inputs[0]!)
        : undefined);
    if (tensor === undefined || tensor.dims.length < 2) continue;
    if (largest === null || tensor.elements > largest.elements) largest = tensor;
  }
  return largest;
}

// Of one token. Packed weights (MatMulNBits) state their true size as K and N.
function multiplyAdds(node: NodeInfo, weight: TensorInfo): number {
  const k = node.ints.get("K");
  const n = node.ints.get("N");
  return k !== undefined && n !== undefined ? k * n : weight.elements;
}

function attentionKind(
  config: ModelConfig | null,
  graph: GraphInfo,
): Architecture["attentionKind"] {
  const cache = graph.inputs.find((input) => /^past/.test(input.name));
  const fromCache = cache?.dims.length === 4 ? cache.dims[1] : undefined;
  const kvHeads = config?.numKvHeads ?? (typeof fromCache === "number" ? fromCache : null);
  const heads = config?.numHeads ?? kvHeads;
  if (kvHeads === null || heads === kvHeads) return "mha";
  return kvHeads === 1 ? "mqa" : "gqa";
}

// A layer norm subtracts the mean, an RMS norm does not.
function normKind(
  nodes: readonly NodeInfo[],
  places: Map<string, ComponentPlace | null>,
): Architecture["normKind"] {
  if (nodes.some((node) => /Simplified|^RMSNorm/.test(node.opType))) return "rmsnorm";
  const isNorm = (node: NodeInfo) => /norm/.test(places.get(node.name)?.component ?? "");
  const subtracts = nodes.some((node) =>
    /^(Skip)?LayerNormalization$/.test(node.opType) || (node.opType === "Sub" && isNorm(node))
  );
  return subtracts ? "layernorm" : "rmsnorm";
}
