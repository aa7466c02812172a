import { energyOver, longestBatchMs } from "../energy/mod.ts";
import type { Finding, Rail } from "../record.ts";
import type { Window } from "./baseline.ts";
import type { Baseline, PowerEvidence } from "./evidence.ts";

/** The rails that findings call batched. */
export function batchedRailsOf(findings: readonly Finding[]): Rail[] {
  return findings.flatMap(({ kind, rail }) => kind === "batched-rail" && rail ? [rail] : []);
}

/**
 * Idle power where a rail comes in batches: records cannot be averaged, but batches that lie in idle
 * time can. Nothing where these do not resolve it.
 */
export function batchedBaseline(
  power: Omit<PowerEvidence, "baseline">,
  { before, after }: { before: Window | null; after: Window | null },
): Baseline {
  const meanMw = (window: Window | null) => {
    if (window === null || window.endMs <= window.startMs) return null;
    const { startMs, endMs } = window;
    const { mj, lowMj, highMj, resolved } = energyOver(power.samples, startMs, endMs, {
      totalRails: power.info.totalRails,
      clockBoundMs: power.boundMs ?? 0,
      latchMs: power.latchMs,
      batchedRails: power.batchedRails,
    });
    if (mj === null || lowMj === null || highMj === null || !resolved) return null;
    const perMs = 1000 / (endMs - startMs);
    return { mw: mj * perMs, errorMw: (highMj - lowMj) / 2 * perMs };
  };
  const [first, last] = [meanMw(before), meanMw(after)];
  const known = first ?? last;
  return {
    idleMw: known?.mw ?? null,
    errorMw: known?.errorMw ?? 0,
    drift: first && last ? last.mw / first.mw - 1 : null,
  };
}

/**
 * Gives up rails whose batches are longer than the measured window: no batch lies in it, so that
 * nothing tells what was drawn there. Shorter phases of a longer window keep hard limits.
 */
export function refuseLongBatches(
  power: PowerEvidence,
  window: Window | null,
): { power: PowerEvidence; findings: Finding[] } {
  const windowMs = window === null ? 0 : window.endMs - window.startMs;
  const lengths = power.batchedRails.map((rail) => ({
    rail,
    batchMs: longestBatchMs(power.samples, rail),
  }));
  const refused = lengths.filter(({ batchMs }) => !(batchMs <= windowMs));
  if (refused.length === 0) return { power, findings: [] };
  const nothing = Object.fromEntries(refused.map(({ rail }) => [rail, null]));
  return {
    power: {
      ...power,
      samples: power.samples.map((sample) => ({
        ...sample,
        energyMj: { ...sample.energyMj, ...nothing },
      })),
      batchedRails: power.batchedRails.filter((rail) => !(rail in nothing)),
    },
    findings: refused.map(({ rail, batchMs }): Finding => ({
      kind: "batched-rail",
      severity: "invalid",
      rail,
      value: batchMs,
      unit: "ms",
      message: Number.isFinite(batchMs)
        ? `a batch of the ${rail} rail lasts ${(batchMs / 1000).toFixed(1)} s, longer than the ` +
          `${(windowMs / 1000).toFixed(1)} s that were measured; it is not measured`
        : `no batch of the ${rail} rail is complete; it is not measured`,
      remedy: "measure longer (--min-seconds 20), or use another source",
    })),
  };
}
