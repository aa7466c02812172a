/**
 * The place of every node of a model: by names where they tell it, else by the graph's shape, else
 * by the flow of data.
 *
 * @module
 */
import type { GraphInfo, NodeInfo, OnnxModel } from "../onnx_reader.ts";
import { Flow } from "./flow.ts";
import { type WeightedMultiply, weightedMultiply } from "./multiply.ts";
import { commonPlace, type ComponentPlace } from "./place.ts";
import { placeBeside, QUANTIZES } from "./place_beside.ts";
import { addsBlock, isResidual, placeStream } from "./place_stream.ts";
import { type NamedPlace, namedPlace, placeByScopes } from "./place_by_name.ts";
import { placeByShape } from "./place_by_shape.ts";
import { type Embedding, hiddenStream, tokenEmbedding } from "./stream.ts";

/** One graph of a model with all that was found in it. */
export interface PlacedGraph {
  flow: Flow;
  multiplies: Map<NodeInfo, WeightedMultiply>;
  /** A place for every node; `"other"` where none was found. */
  places: Map<NodeInfo, ComponentPlace>;
  embedding: Embedding | null;
  /** Multiplications that only the shape of the graph could place. */
  placedByShape: number;
}

const known = new WeakMap<OnnxModel, PlacedGraph[]>();

/** The places of a model's nodes, one entry for the graph and for each branch within it. */
export function placeNodes(model: OnnxModel): PlacedGraph[] {
  const cached = known.get(model);
  if (cached !== undefined) return cached;
  const placed = placeGraphs(model.graph, model.path, null);
  known.set(model, placed);
  return placed;
}

function placeGraphs(graph: GraphInfo, path: string, outer: Flow | null): PlacedGraph[] {
  const flow = new Flow(graph, path, outer);
  const branches = graph.nodes.flatMap((node) => node.subgraphs);
  return [placeGraph(flow), ...branches.flatMap((branch) => placeGraphs(branch, path, flow))];
}

type Places = Map<NodeInfo, ComponentPlace>;

function placeGraph(flow: Flow): PlacedGraph {
  const multiplies = new Map<NodeInfo, WeightedMultiply>();
  for (const node of flow.order) {
    const multiply = weightedMultiply(node, flow);
    if (multiply !== null) multiplies.set(node, multiply);
  }
  const embedding = tokenEmbedding(flow);
  const hidden = hiddenStream(flow, embedding);
  const places: Places = new Map();
  const levels = new Map<NodeInfo, NamedPlace>();
  for (const node of flow.order) {
    const named = placeNamed(node, multiplies.get(node)?.weight.name ?? null);
    if (named === null) continue;
    const { layer, component } = named;
    if (component === null) levels.set(node, named);
    else places.set(node, { layer, component });
  }
  if (embedding !== null && !places.has(embedding.node)) {
    places.set(embedding.node, { layer: null, component: "embed_tokens" });
  }
  const shape = placeByShape(flow, hidden, multiplies).places;
  const placedByShape = fillByShape(shape, multiplies, levels, places);
  nameByLayer(places);
  nameResiduals(flow, hidden, levels, places);
  const anchors: Places = new Map();
  for (const node of [...shape.keys(), ...multiplies.keys(), embedding?.node]) {
    const place = node === undefined ? undefined : places.get(node);
    if (place !== undefined) anchors.set(node!, place);
  }
  placeStream(flow, hidden, anchors, places);
  closeLevels(levels, places);
  placeBeside(flow, places);
  return { flow, multiplies, places, embedding, placedByShape };
}

// Takes from the graph's shape what names do not tell, and counts its multiplications. A name that
// tells a module only (`attention`) does not tell which of its projections a node is.
function fillByShape(
  shape: Places,
  multiplies: ReadonlyMap<NodeInfo, WeightedMultiply>,
  levels: ReadonlyMap<NodeInfo, NamedPlace>,
  places: Places,
): number {
  let count = 0;
  for (const [node, place] of shape) {
    const named = places.get(node);
    const isVague = named === undefined ||
      (multiplies.has(node) && /^(attention|activation)$/.test(named.component));
    if (!isVague) continue;
    const layer = named?.layer ?? levels.get(node)?.layer ?? place.layer;
    places.set(node, { layer, component: place.component });
    if (multiplies.has(node)) count++;
  }
  return count;
}

// BLOOM adds to the stream inside its modules, most others at the level of the layer.
function nameResiduals(
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
  levels: ReadonlyMap<NodeInfo, NamedPlace>,
  places: Places,
): void {
  for (const node of flow.order) {
    const place = places.get(node);
    const layer = place?.layer ?? levels.get(node)?.layer ?? null;
    if (layer === null || !isResidual(node, flow, hidden)) continue;
    const isInModule = /^(attention|activation)$/.test(place?.component ?? "");
    if (place === undefined || (isInModule && addsBlock(node, flow, places))) {
      places.set(node, { layer, component: "residual" });
    }
  }
}

// A name that tells the level alone overrules a place in another layer.
function closeLevels(levels: ReadonlyMap<NodeInfo, NamedPlace>, places: Places): void {
  for (const [node, { layer }] of levels) {
    const place = places.get(node);
    if (place === undefined) {
      if (layer === null) places.set(node, { layer, component: "mask_positions" });
    } else if (layer !== null && place.layer !== layer) {
      places.set(node, { layer, component: "residual" });
    }
  }
}

function placeNamed(node: NodeInfo, weightName: string | null): NamedPlace | null {
  if (QUANTIZES.test(node.opType)) return null;
  let level: NamedPlace | null = null;
  const sources = [
    () => node.scopes === null ? null : placeByScopes(node.scopes),
    () => namedPlace(node.name),
    // Exporters share equal biases and norms between layers, so only a matrix's name may speak for
    // its node (shared notes on ONNX Runtime, section 2).
    () => weightName === null ? null : namedPlace(weightName),
    () => namedPlace((node.outputs[0] ?? "").replace(/_output_\d+$/, "")),
  ];
  for (const source of sources) {
    const named = source();
    if (named === null) continue;
    if (named.component !== null) {
      const isVague = weightName !== null && /^(attention|activation)$/.test(named.component);
      if (!isVague) return named;
    }
    if (level === null || level.layer === null || (level.component ?? named.component) === null) {
      level = named.layer === null && level !== null ? level : named;
    }
  }
  return level;
}

// What a name means can hang on the rest of its layer: EXAONE's `c_proj` closes a gated network,
// which is `down_proj` elsewhere; what stands in an MLP beside experts chooses among them.
function nameByLayer(places: Map<NodeInfo, ComponentPlace>): void {
  const gated = new Set<number | null>();
  const routed = new Set<number | null>();
  for (const { layer, component } of places.values()) {
    if (component === "gate_proj" || component === "gate_up_proj") gated.add(layer);
    if (component === "experts") routed.add(layer);
  }
  for (const [node, { layer, component }] of places) {
    if (component === "fc2" && gated.has(layer)) {
      places.set(node, { layer, component: "down_proj" });
    }
    if (component === "activation" && routed.has(layer)) {
      places.set(node, { layer, component: "router" });
    }
  }
}

/** The place of the nodes of each name; `null` where nodes of one name lie in several places. */
export function placesByName(graphs: readonly PlacedGraph[]): Map<string, ComponentPlace | null> {
  return grouped(graphs, (node) => [node.name]);
}

/** The place of the node that makes each tensor. */
export function placesByOutput(graphs: readonly PlacedGraph[]): Map<string, ComponentPlace | null> {
  return grouped(graphs, (node) => node.outputs);
}

/** The place of the node that multiplies with each weight. */
export function placesByWeight(graphs: readonly PlacedGraph[]): Map<string, ComponentPlace | null> {
  return grouped(graphs, (node, { multiplies }) => [multiplies.get(node)?.weight.name ?? ""]);
}

function grouped(
  graphs: readonly PlacedGraph[],
  keysOf: (node: NodeInfo, graph: PlacedGraph) => readonly string[],
): Map<string, ComponentPlace | null> {
  const found = new Map<string, ComponentPlace | null>();
  for (const graph of graphs) {
    for (const [node, place] of graph.places) {
      for (const key of keysOf(node, graph)) {
        if (key === "") continue;
        const other = found.get(key);
        found.set(key, other === undefined ? place : other && commonPlace([other, place]));
      }
    }
  }
  return found;
}
