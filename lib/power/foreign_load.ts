import { cpus } from "node:os";
import { cpuUsage } from "node:process";
import { nowMs } from "../clock.ts";
import type { Finding, PowerSample } from "../record.ts";

/** CPU time spent until a moment, in ms. */
export interface CpuTimes {
  /** The moment, in epoch ms. */
  atMs: number;
  /** By all programs, on all logical CPUs. */
  machineMs: number;
  /** By this process. */
  ownMs: number;
  /** How many logical CPUs there are. */
  cpus: number;
}

// Design, section 5.4: of the machine's CPU time.
const FOREIGN_SHARE = 0.05;
// Kernels count CPU time in steps of 10 ms a CPU.
const LEAST_MS = 500;

/** Reads the CPU times; `null` where that is not allowed (--allow-sys=cpus) or not known. */
export function readCpuTimes(): CpuTimes | null {
  try {
    const all = cpus();
    const machineMs = all.reduce(
      (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
      0,
    );
    const { user, system } = cpuUsage();
    if (all.length === 0 || machineMs === 0) return null;
    return { atMs: nowMs(), machineMs, ownMs: (user + system) / 1000, cpus: all.length };
  } catch {
    return null;
  }
}

/**
 * Says whether other programs worked between two readings: CPU time of the machine − ours − the
 * sampler's, above 5 % of what the machine has. A sampler of its own process works for as long as its
 * records are longer than asked for, as it sleeps for the rest (notes on powermetrics, 4.6).
 */
export function checkForeignLoad(
  before: CpuTimes | null,
  after: CpuTimes | null,
  samples: readonly PowerSample[],
  intervalMs: number,
): Finding[] {
  if (before === null || after === null || after.atMs - before.atMs < LEAST_MS) return [];
  const samplerMs = samples
    .filter(({ startMs, endMs }) => startMs >= before.atMs && endMs <= after.atMs)
    .reduce((sum, { startMs, endMs }) => sum + Math.max(0, endMs - startMs - intervalMs), 0);
  const foreignMs = after.machineMs - before.machineMs - (after.ownMs - before.ownMs) - samplerMs;
  const share = foreignMs / ((after.atMs - before.atMs) * after.cpus);
  if (share <= FOREIGN_SHARE) return [];
  const percent = 100 * share;
  const cpuCount = foreignMs / (after.atMs - before.atMs);
  return [{
    kind: "foreign-load",
    severity: "warning",
    startMs: before.atMs,
    endMs: after.atMs,
    value: percent,
    unit: "%",
    message: `Other programs took ${percent.toFixed(0)} % of the machine's CPU time ` +
      `(${
        cpuCount.toFixed(1)
      } of ${after.cpus} CPUs): they slow the model down, and a meter counts them too`,
    remedy: "close them and run again",
  }];
}
