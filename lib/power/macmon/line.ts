import { type Rail, RAILS } from "../../record.ts";

/** What one line of `macmon pipe` says. */
export interface MacmonReading {
  /** Mean power since the line before, in mW; `null` for what is not in it. */
  powerMw: Partial<Record<Rail, number | null>>;
  /** Share of the time in which the GPU worked, 0 to 1. */
  gpuActivity: number | null;
  /** When it was taken, by the wall clock, in epoch ms: exact, unlike those of powermetrics. */
  stampMs: number | null;
}

/** Rails that macmon gives. */
export const MACMON_RAILS: Rail[] = ["cpu", "gpu", "ane", "dram", "system"];

/** Keys up to 0.8 ("cpu_power"), and inside of "power" from 0.9 on. */
const KEYS: Partial<Record<Rail, { flat: string; nested: string }>> = {
  cpu: { flat: "cpu_power", nested: "cpu" },
  gpu: { flat: "gpu_power", nested: "gpu" },
  ane: { flat: "ane_power", nested: "ane" },
  dram: { flat: "ram_power", nested: "ram" },
  system: { flat: "sys_power", nested: "board" },
};
// No Mac draws this; what reads so is a counter that underflowed.
const IMPOSSIBLE_W = 10_000;

type Json = Record<string, unknown>;

/** Reads a line; `null` where it is none of macmon's. Keys that it does not know are left alone. */
export function readMacmonLine(text: string): MacmonReading | null {
  const line = objectOf(parsed(text));
  if (line === null) return null;
  const nested = objectOf(line.power);
  const powerMw: MacmonReading["powerMw"] = {};
  for (const rail of RAILS) {
    const keys = KEYS[rail];
    if (keys === undefined) continue;
    const watts = wattsOf(nested === null ? line[keys.flat] : nested[keys.nested]);
    // It writes 0 where it has no sensor, and running memory and boards draw something.
    const isAbsent = watts === 0 && (rail === "dram" || rail === "system");
    powerMw[rail] = watts === null || isAbsent ? null : watts * 1000;
  }
  if (Object.values(powerMw).every((mw) => mw === null)) return null;
  const stampMs = typeof line.timestamp === "string" ? Date.parse(line.timestamp) : NaN;
  return {
    powerMw,
    gpuActivity: activityOf(line),
    stampMs: Number.isNaN(stampMs) ? null : stampMs + belowMs(line.timestamp),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Json
    : null;
}

function wattsOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value < IMPOSSIBLE_W ? value : null;
}

/** `gpu_active_ratio` in 0.8, `gpu_usage: [MHz, ratio]` before, `usage.gpu[]` from 0.9 on. */
function activityOf(line: Json): number | null {
  const usage = objectOf(line.usage)?.gpu;
  const candidates = [
    line.gpu_active_ratio,
    Array.isArray(line.gpu_usage) ? line.gpu_usage[1] : undefined,
    Array.isArray(usage) ? objectOf(usage[0])?.usage : undefined,
  ];
  const found = candidates.find((one) => typeof one === "number" && one >= 0 && one <= 1);
  return typeof found === "number" ? found : null;
}

/** `Date.parse` drops what is below a millisecond; macmon writes microseconds. */
function belowMs(timestamp: unknown): number {
  const digits = /\.\d{3}(\d+)/.exec(String(timestamp))?.[1];
  return digits === undefined ? 0 : Number(`0.${digits}`);
}
