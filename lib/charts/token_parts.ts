/**
 * The parts of one token, from the columns of a run or from the rows of a database.
 *
 * @module
 */
import type { InsideRun } from "./inside_notes.ts";
import { firstRepetition, type InsideRows } from "./inside_rows.ts";

/** A component of a layer, or outside the layers, in one token. */
export interface TokenPart {
  layer: number | null;
  component: string;
  durationMs: number;
  energyMj: number | null;
  lowMj: number | null;
  highMj: number | null;
}

/** The parts of token `index`; `null` where they are not known. */
export function tokenParts(
  { inside }: InsideRun,
  index: number,
  rows: InsideRows | undefined,
): TokenPart[] | null {
  const cells = inside?.cells;
  if (cells) {
    if (index >= cells.tokens) return null;
    const known = (value: number | undefined) =>
      value === undefined || Number.isNaN(value) ? null : value;
    return cells.places.map(({ layer, component }, place) => {
      const at = index * cells.places.length + place;
      return {
        layer,
        component,
        durationMs: cells.durationMs[at] ?? 0,
        energyMj: known(cells.energyMj[at]),
        lowMj: known(cells.lowMj[at]),
        highMj: known(cells.highMj[at]),
      };
    });
  }
  const parts = firstRepetition(rows?.components?.filter((row) => row.tokenIndex === index))
    .flatMap(({ layer, component, durationMs, energyMj, lowMj, highMj }) =>
      durationMs === null ? [] : [{
        layer,
        component,
        durationMs,
        energyMj: energyMj ?? null,
        lowMj: lowMj ?? null,
        highMj: highMj ?? null,
      }]
    );
  return parts.length === 0 ? null : parts;
}
