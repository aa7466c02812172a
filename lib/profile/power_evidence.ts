import { type AttributionOptions, defaultTotalRails, measuredRails } from "../energy/mod.ts";
import { type RederivedPower, refuseRails } from "../power/mod.ts";
import type { Rail, SourceInfo } from "../record.ts";
import { baselineOf, type Window } from "./baseline.ts";
import { batchedBaseline, batchedRailsOf } from "./batched_rails.ts";
import type { PowerEvidence } from "./evidence.ts";
import { type LatchByRail, widestLatch } from "./latch.ts";
import type { Outer } from "./remains.ts";

/** How power is read, from what the records say: pure, so that kept records are read the same way. */
export function powerEvidence(
  { samples: all, alignment, findings }: RederivedPower,
  info: SourceInfo,
  latchMs: LatchByRail,
  { before, after }: Pick<Outer, "before" | "after">,
): PowerEvidence {
  const samples = refuseRails(all, findings);
  const { boundMs } = alignment;
  const { leastMs, mostMs } = widestLatch(latchMs, info.totalRails);
  const unsure = { earlyMs: leastMs - boundMs, lateMs: mostMs + boundMs };
  const batchedRails = batchedRailsOf(findings);
  const power = { samples, info, boundMs, latchMs, batchedRails };
  const baseline = info.totalRails.some((rail) => batchedRails.includes(rail))
    ? batchedBaseline(power, { before, after })
    : baselineOf(samples, info.totalRails, before, after, unsure);
  return { ...power, baseline };
}

/** How energies are computed from it: of a run's phases and tokens, and of windows around any code. */
export function attributionOf(
  power: PowerEvidence,
): AttributionOptions & { totalRails: Rail[] } {
  const { info, boundMs, latchMs, batchedRails, baseline: { idleMw, errorMw } } = power;
  return {
    totalRails: totalRailsOf(power),
    clockBoundMs: boundMs ?? 0,
    latchMs,
    batchedRails,
    statedError: info.statedError,
    ...(idleMw === null ? {} : { idleMw, idleErrorMw: errorMw }),
  };
}

function totalRailsOf({ info, samples }: PowerEvidence): Rail[] {
  const measured = measuredRails(samples);
  const stated = info.totalRails.filter((rail) => measured.includes(rail));
  return stated.length > 0 ? stated : defaultTotalRails(samples);
}

/**
 * The highest mean power of a record in some stretches of time, in mW; `null` where a rail comes in
 * batches: one holds the energy of many records, and the power of that which it came in is nobody's.
 */
export function peakMw(
  { samples, batchedRails }: PowerEvidence,
  stretches: readonly Window[],
  totalRails: readonly Rail[],
): number | null {
  if (totalRails.some((rail) => batchedRails.includes(rail))) return null;
  let highestMw: number | null = null;
  for (const { startMs, endMs, energyMj } of samples) {
    const middleMs = (startMs + endMs) / 2;
    if (!stretches.some((one) => middleMs >= one.startMs && middleMs <= one.endMs)) continue;
    const mj = totalRails.reduce((sum, rail) => sum + (energyMj[rail] ?? 0), 0);
    highestMw = Math.max(highestMw ?? -Infinity, mj / (endMs - startMs) * 1000);
  }
  return highestMw;
}
