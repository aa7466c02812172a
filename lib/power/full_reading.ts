import { InputError } from "../errors.ts";
import type { Finding, RawPowerBatch } from "../record.ts";
import { keptPlists } from "./combine/kept_plists.ts";
import { membersOf, oneChunk } from "./kept_stream.ts";
import { frameRecords } from "./powermetrics/frame.ts";
import { parsePowermetrics } from "./powermetrics/parse.ts";
import { scanRecord } from "./powermetrics/scan.ts";

/**
 * Reads kept records of powermetrics in full and compares them with what the quick scan took from
 * them while they came. A finding where they differ; none for sources that have no such records.
 */
export async function compareReadings(batches: readonly RawPowerBatch[]): Promise<Finding[]> {
  let count = 0;
  const differences: string[] = [];
  for (const { format, gzip } of batches) {
    for (const { bytes } of membersOf(gzip)) {
      const plists = format === "plist"
        ? bytes
        : new TextEncoder().encode(keptPlists(new TextDecoder().decode(bytes)));
      for await (const frame of frameRecords(oneChunk(plists))) {
        if ("loss" in frame) continue;
        count++;
        const difference = differenceIn(new TextDecoder().decode(frame.bytes));
        if (difference !== null) differences.push(difference);
      }
    }
  }
  if (differences.length === 0) return [];
  return [{
    kind: "lost-records",
    severity: "invalid",
    value: differences.length,
    unit: "records",
    message: `${differences.length} of ${count} power records say something else when read in ` +
      `full (${differences[0]})`,
    remedy: "do not use this run; report it with its raw records (export --format json)",
  }];
}

function differenceIn(xml: string): string | null {
  const scanned = scanRecord(xml);
  // What the scan refused was counted as a loss when it came.
  if (typeof scanned === "string") return null;
  let full: typeof scanned;
  try {
    const { elapsedNs, timestampMs, energyMj, thermalPressure, gpu } = parsePowermetrics(xml);
    const gpuActivity = gpu?.activity ?? null;
    full = { elapsedNs, timestampMs, energyMj, thermalPressure, gpuActivity };
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  const keys = Object.keys(full) as (keyof typeof full)[];
  const key = keys.find((key) => JSON.stringify(full[key]) !== JSON.stringify(scanned[key]));
  if (key === undefined) return null;
  return `${key}: ${JSON.stringify(scanned[key])} in haste, ${JSON.stringify(full[key])} in full`;
}
