import { Cutter, type Piece } from "./cut.ts";
import { DRAWS, hashOf, mirrored, uniforms } from "./draws.ts";
import { BESIDE, Expectations } from "./expectation.ts";
import { firstEndingAfter, type RailRecords, unknownMj } from "./records.ts";
import type { Shifts } from "./shifts.ts";
import { type Segment, splitRecord } from "./split.ts";
import type { CutTree, Leaf } from "./stretches.ts";

/**
 * Deals the energy of one rail's records to the leaves, once for each joint draw.
 *
 * A record that lies in one stretch gives each leaf its share of the time. A record that a boundary
 * cuts is split first, and what is not known of the split is drawn.
 *
 * @returns mJ, leaf by leaf, {@link DRAWS} values each
 */
export function integrate(
  records: RailRecords,
  { leaves, stretches }: CutTree,
  shifts: Shifts,
  seed: number,
): Float64Array {
  const energyMj = new Float64Array(leaves.length * DRAWS);
  const dealFrom = dealerTo(leaves, energyMj);
  const cutter = new Cutter(records, stretches, shifts);
  const segmentsOf = segmenter(cutter, seed);
  const endShiftsOf = endShifts(records, shifts, seed);
  const { first, end } = cutter.touching();
  for (let index = first; index < end; index++) {
    const recordMj = records.energyMj[index] ?? NaN;
    if (Number.isNaN(recordMj)) continue;
    const errorMj = unknownMj(records, index);
    const off = deviations(`${records.rail} ${index}`, "uniform", seed);
    const [startMs, endMs] = [records.startMs[index] ?? NaN, records.endMs[index] ?? NaN];
    const deal = dealFrom(startMs + shifts.lowMs);
    const [startShiftsMs, endShiftsMs] = [endShiftsOf(index - 1), endShiftsOf(index)];
    if (cutter.isNeverCut(index)) {
      for (let draw = 0; draw < DRAWS; draw++) {
        const fromMs = startMs + startShiftsMs[draw]!;
        const toMs = endMs + endShiftsMs[draw]!;
        deal(fromMs, toMs, recordMj + errorMj * off[draw]!, draw);
      }
      continue;
    }
    const segments = segmentsOf(index);
    for (let draw = 0; draw < DRAWS; draw++) {
      const [startShiftMs, endShiftMs] = [startShiftsMs[draw]!, endShiftsMs[draw]!];
      const pieces = cutter.pieces(index, startShiftMs, endShiftMs);
      const coveredMs = (pieces.at(-1)?.toMs ?? NaN) - (pieces[0]?.fromMs ?? NaN);
      const coveredMj = recordMj * (coveredMs / (endMs + endShiftMs - startMs - startShiftMs));
      const offMj = errorMj * off[draw]!;
      const parts = pieces.length === 1
        ? [coveredMj + offMj]
        : splitRecord(coveredMj, segments(pieces, draw), offMj);
      pieces.forEach(({ fromMs, toMs }, at) => deal(fromMs, toMs, parts[at]!, draw));
    }
  }
  return energyMj;
}

/**
 * How far the end of each record is shifted in each draw. Batches end early each by a time of its
 * own: drawn alike, the errors at the two ends of a span would cancel, which they do not.
 */
function endShifts({ rail, earlyMs }: RailRecords, { drawsMs }: Shifts, seed: number) {
  if (earlyMs === undefined) return () => drawsMs;
  const drawn = new Map<number, Float64Array>();
  return (index: number): Float64Array =>
    kept(drawn, index, () => {
      const halfMs = (earlyMs[index] ?? 0) / 2;
      const units = deviations(`${rail} ends ${index}`, "uniform", seed);
      return drawsMs.map((shiftMs, draw) => shiftMs - halfMs * (1 + units[draw]!));
    });
}

/** Deals energy between two times to the leaves there, by time; none lies before `earliestMs`. */
function dealerTo(leaves: readonly Leaf[], energyMj: Float64Array) {
  const starts = Float64Array.from(leaves, ({ startMs }) => startMs);
  const ends = Float64Array.from(leaves, ({ endMs }) => endMs);
  return (earliestMs: number) => {
    // The draws of a record lie close together: one search serves them all.
    const first = firstEndingAfter(ends, earliestMs);
    return (fromMs: number, toMs: number, mj: number, draw: number): void => {
      for (let leaf = first; leaf < ends.length; leaf++) {
        const endMs = ends[leaf] ?? Infinity;
        if (endMs <= fromMs) continue;
        const startMs = starts[leaf] ?? Infinity;
        if (startMs >= toMs) break;
        const at = leaf * DRAWS + draw;
        const overlapMs = Math.min(toMs, endMs) - Math.max(fromMs, startMs);
        energyMj[at]! += mj * (overlapMs / (toMs - fromMs));
      }
    };
  };
}

/** Says of the pieces of a record what is expected of each, and how far each draw is from it. */
function segmenter(cutter: Cutter, seed: number) {
  const expectations = new Expectations(cutter);
  const { records: { rail }, shifts: { drawsMs } } = cutter;
  const alike = new Map<string, Float64Array>();
  return (index: number) => {
    const own = new Map<number, Float64Array>();
    return (pieces: readonly Piece[], draw: number): Segment[] =>
      pieces.map((piece) => {
        const { meanMw, errorMw, key, ownErrorMw = 0 } = expectations.of(piece, drawsMs[draw]!);
        const ownDrawn = () =>
          kept(own, piece.stretch, () =>
            deviations(`${rail} ${index} ${piece.stretch}`, "normal", seed));
        const drawn = key === null
          ? ownDrawn()
          : kept(alike, key, () =>
            deviations(`${rail} ${key}`, "uniform", seed));
        const ownMw = ownErrorMw === 0 ? 0 : ownErrorMw * ownDrawn()[draw]!;
        const durationMs = piece.toMs - piece.fromMs;
        return {
          durationMs,
          expectedMw: meanMw,
          // Outside the root the neighbour's power is taken as it is (design, section 7, method 1).
          errorMw: (key === null || key === BESIDE) && cutter.isOutside(piece) ? 0 : errorMw,
          deviationMj: (errorMw * drawn[draw]! + ownMw) * durationMs / 1000,
        };
      });
  };
}

function deviations(name: string, shape: "normal" | "uniform", seed: number): Float64Array {
  return mirrored(uniforms(hashOf(name) ^ seed), shape);
}

function kept<K>(map: Map<K, Float64Array>, key: K, make: () => Float64Array): Float64Array {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
