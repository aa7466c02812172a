import type { SourceInfo } from "../record.ts";
import type { PowerSourceSpec } from "./source.ts";
import { createSource, SOURCE_NAMES, sourceSpec } from "./sources.ts";

/** One source, as this machine has it. */
export interface PowerSourceStatus {
  /** Its name, as `source` takes it. */
  name: string;
  /** Whether it can be used here, now. */
  works: boolean;
  /** Why it does not work; `null` where it does. */
  reason: string | null;
  /** What to do about it; `null` where it works. */
  remedy: string | null;
  /** What its numbers are. */
  info: SourceInfo;
}

/** A source that would have been better, but does not work here. */
export interface RejectedPowerSource {
  /** Its name. */
  name: string;
  /** Why it does not work. */
  reason: string;
  /** What to do about it. */
  remedy: string;
}

/** The source to use, and why no better one. */
export interface DetectedPowerSource {
  /** What to hand to `PowerMonitor`. */
  source: PowerSourceSpec;
  /** What its numbers are. */
  info: SourceInfo;
  /** The better ones, best first. */
  rejected: RejectedPowerSource[];
}

/** Says of each source whether it works on this machine, why not, and what to do; the better first. */
export function powerStatus(): Promise<PowerSourceStatus[]> {
  return Promise.all(SOURCE_NAMES.map(async (name) => {
    const source = createSource(sourceSpec(name));
    return { name, ...await source.probe(), info: source.info };
  }));
}

/**
 * Finds the best power source that works on this machine, and says why each better one does not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { detectPowerSource } from "@tokenwatt/tokenwatt";
 *
 * const { info, rejected } = await detectPowerSource();
 * assert(info.kind === "measured" || rejected.every(({ remedy }) => remedy !== ""));
 * ```
 */
export async function detectPowerSource(): Promise<DetectedPowerSource> {
  const rejected: RejectedPowerSource[] = [];
  for (const { name, works, reason, remedy, info } of await powerStatus()) {
    if (works) return { source: sourceSpec(name), info, rejected };
    rejected.push({ name, reason: reason ?? "it does not work", remedy: remedy ?? "" });
  }
  throw new Error("No power source works, not even the estimate from CPU time");
}
