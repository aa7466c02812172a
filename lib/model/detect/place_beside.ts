/**
 * Which component the operations beside the hidden stream belong to (shapes, masks, positions, what
 * quantisers add): that of who takes their result.
 *
 * @module
 */
import type { NodeInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";
import { commonPlace, type ComponentPlace } from "./place.ts";

type Places = Map<NodeInfo, ComponentPlace>;

/** What quantisers put before and after a multiplication; their names are those of its input. */
export const QUANTIZES = /^(Dynamic)?(Quantize|Dequantize)Linear/;
/** Places what is beside the stream, and whatever is left, by its neighbours. */
export function placeBeside(flow: Flow, places: Places): void {
  for (const node of flow.order.toReversed()) {
    if (places.has(node)) continue;
    const after = flow.consumersOf(node).flatMap((consumer) => places.get(consumer) ?? []);
    const source = QUANTIZES.test(node.opType) ? beforeQuantizing(node, flow, places) : null;
    const place = commonPlace(after) ?? source ?? inOneLayer(after) ??
      (after.length > 0 ? { layer: null, component: "mask_positions" } : null);
    if (place !== null) places.set(node, place);
  }
  for (const node of flow.order) {
    if (places.has(node)) continue;
    const before = flow.producersOf(node).flatMap((producer) => places.get(producer) ?? []);
    places.set(node, commonPlace(before) ?? { layer: null, component: "other" });
  }
}

// What is quantised once for several multiplications belongs to what made it.
function beforeQuantizing(node: NodeInfo, flow: Flow, places: Places): ComponentPlace | null {
  let before: NodeInfo | undefined = node;
  for (let steps = 0; before !== undefined && steps < 4; steps++) {
    before = flow.producer(before.inputs[0] ?? "");
    const place = before === undefined ? undefined : places.get(before);
    if (place !== undefined) return place;
  }
  return null;
}

// Who serves several components of one layer serves its attention, where that is one of them.
function inOneLayer(places: readonly ComponentPlace[]): ComponentPlace | null {
  const [first] = places;
  if (first === undefined || first.layer === null) return null;
  if (places.some((place) => place.layer !== first.layer)) return null;
  return places.find((place) => place.component === "attention") ?? first;
}
