import { type RederivedPower, refuseRails } from "../power/mod.ts";
import type { SourceInfo } from "../record.ts";
import { baselineOf } from "./baseline.ts";
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
