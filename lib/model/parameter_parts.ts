/**
 * The parts of a model that its parameters belong to.
 *
 * @module
 */
import type { ComponentPlace } from "./detect/mod.ts";
import type { GraphWeight } from "./graph_weights.ts";

/**
 * A part of a model. Experts that every token passes count as `mlp`; `other` holds routers and what
 * has no known place.
 */
export type ParameterPart =
  | "embedding"
  | "attention"
  | "mlp"
  | "experts"
  | "norms"
  | "lm_head"
  | "other";

/** The part that a component belongs to. */
export function partOf({ component }: ComponentPlace): ParameterPart {
  if (component === "embed_tokens") return "embedding";
  if (component === "lm_head" || component === "experts") return component;
  if (/norm/.test(component)) return "norms";
  if (/^(q|k|v|o|kv|qkv)_proj$|^attention$/.test(component)) return "attention";
  if (/^(gate|up|down|gate_up)_proj$|^fc[12]$|^activation$|^shared_experts$/.test(component)) {
    return "mlp";
  }
  return "other";
}

/**
 * Counts the parameters of each part. Exporters let layers share biases and norms that are equal:
 * these count for each layer, as in the checkpoint. A matrix counts once, however often it is used.
 */
export function partsOf(
  weights: readonly GraphWeight[],
  tiedHead: boolean,
): Record<ParameterPart, number> {
  const counts: Record<ParameterPart, number> = {
    embedding: 0,
    attention: 0,
    mlp: 0,
    experts: 0,
    norms: 0,
    lm_head: 0,
    other: 0,
  };
  for (const { kind, dims, elements, uses } of weights) {
    if (kind === "scale") continue;
    const places = new Map(
      uses.map(({ place }) => [`${place.layer}/${place.component}`, place]),
    );
    const list = [...places.values()];
    if (list.length === 0) counts.other += elements;
    else if (dims.length > 1) {
      const table = list.find((place) => partOf(place) === "embedding");
      counts[partOf(table ?? list[0]!)] += elements;
    } else for (const place of list) counts[partOf(place)] += elements;
  }
  if (tiedHead) counts.lm_head = 0; // an exporter wrote the tied matrix twice
  return counts;
}
