/**
 * The parts that a token's time is dealt to: each component of each layer, then what lies outside.
 *
 * @module
 */
import type { ComponentPlace } from "../../model/mod.ts";
import type { Operation } from "./operation_table.ts";

/** What is not inside any operation, in the order in which it is listed. */
export const AROUND = ["framework", "sampling", "gaps"] as const;
const OUTSIDE = ["embed_tokens", "mask_positions", "final_norm", "lm_head", "partition", "other"];

/** The parts of a model's tokens. */
export interface Cells {
  /** Components by layer, then those outside the layers, then `AROUND`. */
  places: ComponentPlace[];
  /** Index into `places` by operation. */
  ofOperation: number[];
}

/** Lists the parts that some operations belong to; components keep the order of execution. */
export function cellsOf(operations: readonly Operation[]): Cells {
  const first = new Map<string, { place: ComponentPlace; at: number }>();
  operations.forEach(({ place }, at) => {
    const key = keyOf(place);
    if (!first.has(key) && !isAround(place)) first.set(key, { place, at });
  });
  const rank = ({ layer, component }: ComponentPlace) =>
    layer ?? 1e6 + (OUTSIDE.indexOf(component) + 1 || 1);
  const places = [...first.values()]
    .sort((a, b) => rank(a.place) - rank(b.place) || a.at - b.at)
    .map(({ place }) => ({ ...place }));
  for (const component of AROUND) places.push({ layer: null, component });
  const indexOf = new Map(places.map((place, i) => [keyOf(place), i]));
  return { places, ofOperation: operations.map(({ place }) => indexOf.get(keyOf(place))!) };
}

function isAround({ layer, component }: ComponentPlace): boolean {
  return layer === null && (AROUND as readonly string[]).includes(component);
}

/** A place as a key. */
export function keyOf({ layer, component }: ComponentPlace): string {
  return `${layer ?? ""} ${component}`;
}
