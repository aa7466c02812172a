/**
 * Where an operation belongs in a transformer.
 *
 * @module
 */

/** The place of an operation in a transformer. */
export interface ComponentPlace {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /**
   * `"q_proj"`, `"attention"`, `"residual"`, …; outside layers `"embed_tokens"`, `"final_norm"`,
   * `"lm_head"`, `"mask_positions"` (masks, positions, shapes); `"other"` for what is left.
   */
  component: string;
}

/** Whether two places are the same one. */
export function samePlace(a: ComponentPlace, b: ComponentPlace): boolean {
  return a.layer === b.layer && a.component === b.component;
}

/** The one place that all of these are; `null` where they differ or there are none. */
export function commonPlace(places: Iterable<ComponentPlace | undefined>): ComponentPlace | null {
  let common: ComponentPlace | null = null;
  for (const place of places) {
    if (place === undefined || (common !== null && !samePlace(common, place))) return null;
    common = place;
  }
  return common;
}
