/**
 * What kind of transformer a graph is, and which component each of its nodes belongs to.
 *
 * @module
 */
import { dirname } from "node:path";
import { type ModelConfig, readConfig } from "./config.ts";
import {
  beforeFusion,
  type ComponentPlace,
  familyByNames,
  type GraphSizes,
  normKindOf,
  placeByName,
  type PlacedGraph,
  placeNodes,
  placeOptimized,
  placesByName,
  sizesOf,
} from "./detect/mod.ts";
import { type GraphInfo, type OnnxModel, readOnnx } from "./onnx_reader.ts";

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
  const graphs = placeNodes(model);
  const sizes = sizesOf(graphs);
  const layers = layersOf(graphs);
  const isNamed = config?.family !== null && config?.family !== undefined;
  const attentionKind = attentionKindOf(config, sizes);
  const normKind = normKindOf(graphs);
  const names = config?.family ? [] : namesOf(graphs);
  const hasQueryBias = names.some((name) => /q_proj[./](Add|bias)/.test(name));
  const family = config?.family ??
    familyByNames(names, { attentionKind, normKind, hasQueryBias });
  const coverage = coverageOf(graphs);

  const warnings = config === null ? [] : contradictions(config, sizes, layers);
  if (coverage < 0.99) {
    const percent = (100 * coverage).toFixed(0);
    warnings.push(`Only ${percent} % of the multiply-adds belong to a known component`);
  }
  const byShape = graphs.reduce((sum, graph) => sum + graph.placedByShape, 0);
  if (byShape > 0) {
    warnings.push(`${byShape} multiplications have no known name: told from the graph's shape`);
  }
  if (!isNamed) {
    warnings.push(`No config.json beside the model names its family; module names say ${family}`);
  }
  const byName = placesByName(graphs);
  return {
    family,
    numLayers: layers > 0 ? layers : config?.numLayers ?? 0,
    attentionKind,
    normKind,
    isMoe: (config?.numExperts ?? 0) > 1 ||
      graphs.some(({ places }) => [...places.values()].some((p) => p.component === "experts")),
    coverage,
    warnings,
    componentOf: (name) => {
      const place = byName.get(name) ?? byName.get(beforeFusion(name));
      return place !== undefined ? place : byName.has(name) ? null : placeByName(name);
    },
  };
}

/**
 * Places the nodes of the graph that ONNX Runtime made of a model (`optimizedModelFilePath`), by
 * their names, else by the tensors that they put out, else by the flow of data. A node without a
 * name goes by its operation and its position (`Cast_12`), as in the profiler's output.
 */
export function placesInOptimized(
  original: OnnxModel,
  optimized: OnnxModel,
): Map<string, ComponentPlace> {
  return placeOptimized(original, optimized);
}

/** A graph and the bodies of its branches. */
export function allGraphs(graph: GraphInfo): GraphInfo[] {
  return [graph, ...graph.nodes.flatMap((node) => node.subgraphs.flatMap(allGraphs))];
}

// Layers that multiply; names alone can number more, as the builder's final norm does.
function layersOf(graphs: readonly PlacedGraph[]): number {
  const layers = new Set<number>();
  for (const { places, multiplies } of graphs) {
    for (const node of multiplies.keys()) {
      const layer = places.get(node)?.layer ?? null;
      if (layer !== null) layers.add(layer);
    }
  }
  return layers.size;
}

function namesOf(graphs: readonly PlacedGraph[]): string[] {
  return graphs.flatMap(({ flow }) => [
    ...flow.graph.nodes.flatMap((node) => [node.name, node.scopes ?? ""]),
    ...flow.graph.initializers.map((tensor) => tensor.name),
  ]);
}

// Of two branches one runs at a time, so the larger one speaks for both.
function coverageOf(graphs: readonly PlacedGraph[]): number {
  const byGraph = new Map(graphs.map((placed) => [placed.flow.graph, placed]));
  const count = (graph: GraphInfo): { total: number; assigned: number } => {
    let total = 0;
    let assigned = 0;
    const placed = byGraph.get(graph)!;
    for (const [node, { multiplyAdds }] of placed.multiplies) {
      total += multiplyAdds;
      if (placed.places.get(node)?.component !== "other") assigned += multiplyAdds;
    }
    for (const node of graph.nodes) {
      const branches = node.subgraphs.map(count).sort((a, b) => b.total - a.total);
      total += branches[0]?.total ?? 0;
      assigned += branches[0]?.assigned ?? 0;
    }
    return { total, assigned };
  };
  const { total, assigned } = count(graphs[0]!.flow.graph);
  return total === 0 ? 0 : assigned / total;
}

function attentionKindOf(config: ModelConfig | null, sizes: GraphSizes): "mha" | "gqa" | "mqa" {
  const heads = config?.numHeads ?? sizes.numHeads;
  const kvHeads = config?.numKvHeads ?? sizes.numKvHeads;
  if (kvHeads === null || heads === null || heads === kvHeads) return "mha";
  return kvHeads === 1 ? "mqa" : "gqa";
}

function contradictions(config: ModelConfig, sizes: GraphSizes, layers: number): string[] {
  const compared: [string, number | null, number | null][] = [
    ["layers", layers === 0 ? null : layers, config.numLayers],
    ["numbers in a hidden state", sizes.hiddenSize, config.hiddenSize],
    ["attention heads", sizes.numHeads, config.numHeads],
    ["key-value heads", sizes.numKvHeads, config.numKvHeads],
    ["tokens in its vocabulary", sizes.vocabSize, config.vocabSize],
  ];
  return compared
    .filter(([, graph, stated]) => graph !== null && stated !== null && graph !== stated)
    .map(([what, graph, stated]) =>
      `The graph has ${graph} ${what} where the config says ${stated}`
    );
}
