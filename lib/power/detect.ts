import type { SourceInfo } from "../record.ts";
import type { PowerSourceSpec } from "./source.ts";
import { combine, createSource, SOURCE_NAMES, sourceSpec } from "./sources.ts";

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
  return chooseSource(await powerStatus());
}

/**
 * Chooses among what works. Beside powermetrics macmon shows what CPU+GPU+ANE leaves out; a GPU's
 * own meter comes along with that of the processor, and alone would miss where models run here.
 */
export function chooseSource(status: readonly PowerSourceStatus[]): DetectedPowerSource {
  const works = (name: string) => status.some((one) => one.name === name && one.works);
  const rejected: RejectedPowerSource[] = [];
  for (const { name, works: isFit, reason, remedy } of status) {
    if (!isFit) {
      rejected.push({ name, reason: reason ?? "it does not work", remedy: remedy ?? "" });
      continue;
    }
    if (name === "nvidia") {
      rejected.push({
        name,
        reason: "it measures the GPU alone, and models run on the CPU here",
        remedy: "use --power estimate+nvidia to have both",
      });
      continue;
    }
    const partner = PARTNERS[name];
    const isPaired = partner !== undefined && works(partner);
    const source = isPaired ? combine(name, partner) : sourceSpec(name);
    return { source, info: createSource(source).info, rejected };
  }
  throw new Error("No power source works, not even the estimate from CPU time");
}

const PARTNERS: Record<string, string> = { powermetrics: "macmon", rapl: "nvidia" };
