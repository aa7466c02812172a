/**
 * What the components of each layer put out, layer by layer.
 *
 * @module
 */
import type { ActivationStatistics, InsidePart } from "../record.ts";
import type { InsideRun } from "./inside_notes.ts";
import { firstRepetition, type InsideRows } from "./inside_rows.ts";

/** A value of one layer, and how far single tokens spread around it. */
export interface ProfilePoint {
  layer: number;
  value: number;
  /** The 10 % point of the tokens; `null` where single tokens are not known. */
  low: number | null;
  /** The 90 % point. */
  high: number | null;
}

/** A component over the layers. */
export interface Profile {
  component: string;
  prefill: ProfilePoint[];
  decode: ProfilePoint[];
}

/** Profiles of all components of layers whose output was seen, in the order of execution. */
export function activationProfiles(
  run: InsideRun,
  statistic: keyof ActivationStatistics,
  rows: InsideRows | undefined,
): Profile[] {
  const parts = (run.inside?.parts ?? []).filter(({ layer, activation }) =>
    layer !== null && activation !== null
  );
  const spread = spreads(run, statistic, rows);
  const points = (own: readonly InsidePart[], phase: InsidePart["phase"]) =>
    own.filter((part) => part.phase === phase).flatMap(({ layer, component, activation }) => {
      const value = activation?.[statistic];
      if (layer === null || value === undefined || Number.isNaN(value)) return [];
      const [low, high] = phase === "decode"
        ? spread.get(`${layer} ${component}`) ?? [null, null]
        : [null, null];
      return [{ layer, value, low, high }];
    }).sort((a, b) => a.layer - b.layer);
  return [...Map.groupBy(parts, ({ component }) => component)].map(([component, own]) => ({
    component,
    prefill: points(own, "prefill"),
    decode: points(own, "decode"),
  }));
}

/** The 10 and 90 % points of the decode tokens by layer and component. */
function spreads(
  { inside }: InsideRun,
  statistic: keyof ActivationStatistics,
  rows: InsideRows | undefined,
): Map<string, [number, number]> {
  const values = new Map<string, number[]>();
  const add = (layer: number | null, component: string, value: number | undefined) => {
    if (layer === null || value === undefined || Number.isNaN(value)) return;
    const key = `${layer} ${component}`;
    const list = values.get(key);
    if (list) list.push(value);
    else values.set(key, [value]);
  };
  const cells = inside?.cells;
  if (cells?.activations) {
    const column = cells.activations[statistic];
    for (let token = 1; token < cells.tokens; token++) {
      cells.places.forEach(({ layer, component }, place) =>
        add(layer, component, column[token * cells.places.length + place])
      );
    }
  } else {
    for (const { tokenIndex, layer, component, activation } of firstRepetition(rows?.components)) {
      if (tokenIndex > 0) add(layer, component, activation?.[statistic]);
    }
  }
  return new Map(
    [...values].map(([key, list]) => {
      const sorted = list.sort((a, b) => a - b);
      const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
      return [key, [at(0.1), at(0.9)]];
    }),
  );
}
