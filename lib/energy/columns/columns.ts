import type { Energy, Interval, Rail } from "../../record.ts";
import { meanOf } from "../draws.ts";
import { type Ensemble, netOf, type Reading, widened } from "../ensemble.ts";
import type { PowerBounds } from "../limits.ts";

/** Energies of many spans, one entry each, in mJ. `NaN` is what `null` is elsewhere: not measured. */
export interface EnergyColumns {
  /** The means. */
  mj: Float64Array;
  /** What each holds at least, whatever its mean. */
  lowMj: Float64Array;
  /** What each holds at most, whatever its mean. */
  highMj: Float64Array;
}

/** The energies of one rail, with the powers that it stays between. */
export interface RailColumns extends EnergyColumns {
  /** The same for all spans of a run. */
  bounds: PowerBounds;
}

/**
 * Many spans as columns: tokens, or the layers or components of all tokens. Where a span is divided
 * into parts, these stand row after row: part `p` of span `i` at `i × parts + p`.
 */
export interface SpanColumns {
  /** How long each takes, in ms; `NaN` where that is not known. */
  durationMs: Float64Array;
  /** Rail by rail; the ends are hard limits, before the error of a source that estimates. */
  rails: Map<Rail, RailColumns>;
}

/**
 * The columns of what {@link attributeEnergy} found: tokens, groups or phases, as `onNode` saw them.
 *
 * @returns one entry for each ensemble; the draws are no longer needed
 */
export function columnsOf(ensembles: readonly Ensemble[]): SpanColumns {
  const columns: SpanColumns = {
    durationMs: Float64Array.from(ensembles, ({ durationMs }) => durationMs),
    rails: new Map(),
  };
  ensembles.forEach(({ draws, limits, root }, index) => {
    for (const [rail, values] of draws) {
      const bounds = root.get(rail)?.bounds;
      const known = limits.get(rail);
      if (!values || !bounds || !known) continue;
      const own = columns.rails.get(rail) ?? { ...unmeasured(ensembles.length), bounds };
      columns.rails.set(rail, own);
      own.mj[index] = meanOf(values);
      own.lowMj[index] = known.lowMj;
      own.highMj[index] = known.highMj;
    }
  });
  return columns;
}

/** Columns of which nothing is known yet. */
export function unmeasured(length: number): EnergyColumns {
  const column = () => new Float64Array(length).fill(NaN);
  return { mj: column(), lowMj: column(), highMj: column() };
}

/**
 * The total of the rails, ready for rows of a table; with the stated error of an estimate.
 *
 * @returns mJ, each mean between its ends; `NaN` wherever one of the rails was not measured
 */
export function totalColumns(columns: SpanColumns, reading: Reading): EnergyColumns {
  const { durationMs: { length } } = columns;
  const rails = reading.totalRails.map((rail) => columns.rails.get(rail));
  const total = unmeasured(length);
  if (rails.length === 0) return total;
  const add = (pick: (rail: EnergyColumns) => Float64Array) => {
    const sum = pick(total).fill(0);
    for (const rail of rails) {
      const values = rail && pick(rail);
      for (let at = 0; at < length; at++) sum[at]! += values?.[at] ?? NaN;
    }
  };
  add(({ mj }) => mj);
  add(({ lowMj }) => lowMj);
  add(({ highMj }) => highMj);
  const error = reading.statedError ?? 0;
  for (let at = 0; at < length; at++) {
    const interval = widened(intervalAt(total, at), error);
    total.lowMj[at] = interval.lowMj ?? NaN;
    total.highMj[at] = interval.highMj ?? NaN;
  }
  return total;
}

/** One entry as an interval, which holds its mean; `NaN` becomes `null`. */
export function intervalAt(columns: EnergyColumns, index: number): Interval {
  const mj = columns.mj[index] ?? NaN;
  if (Number.isNaN(mj)) return { mj: null, lowMj: null, highMj: null };
  return {
    mj,
    lowMj: Math.min(mj, columns.lowMj[index] ?? NaN),
    highMj: Math.max(mj, columns.highMj[index] ?? NaN),
  };
}

/**
 * One part as people read it: its method is `shared` (or `estimated`), its interval hard, and it is
 * never resolved. Its time says what it costs; only amplification says what its work costs.
 *
 * @param total of the same columns, by {@link totalColumns}
 */
export function sharedEnergyAt(
  columns: SpanColumns,
  total: EnergyColumns,
  index: number,
  reading: Reading,
): Energy {
  const error = reading.statedError ?? null;
  const interval = intervalAt(total, index);
  const isMeasured = interval.mj !== null;
  const byRail = Array.from(columns.rails, ([rail, own]): [Rail, Interval | null] => {
    const gross = intervalAt(own, index);
    if (gross.mj === null) return [rail, null];
    return [rail, error === null ? gross : widened(gross, error)];
  });
  return {
    ...interval,
    interval: isMeasured ? "hard" : null,
    method: isMeasured ? error === null ? "shared" : "estimated" : null,
    resolved: false,
    byRail: Object.fromEntries(byRail),
    net: netOf(interval, columns.durationMs[index] ?? NaN, reading),
  };
}
