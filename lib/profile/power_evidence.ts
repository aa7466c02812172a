import { type RederivedPower, refuseRails } from "../power/mod.ts";
import type { SourceInfo } from "../record.ts";
import { baselineOf } from "./baseline.ts";
import type { PowerEvidence } from "./evidence.ts";
import { type LatchByRail, widestLatch } from "./latch.ts";
import type { Outer } from "./summarize.ts";

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
  const baseline = baselineOf(samples, info.totalRails, before, after, unsure);
  return { samples, info, boundMs, latchMs, baseline };
}
