import type { RawPowerBatch } from "../record.ts";
import { plistsIn } from "./combine/kept_plists.ts";
import { membersOf, oneChunk } from "./kept_stream.ts";
import { frameRecords } from "./powermetrics/frame.ts";
import { type ClusterResidency, parsePowermetrics } from "./powermetrics/parse.ts";

/** Reading a record in full takes some 10 ms, and this many tell a mean. */
const MOST_RECORDS = 24;

/**
 * Mean frequency in MHz at which CPUs worked in some windows (epoch ms), from kept records of powermetrics:
 * each frequency counts by the time in which it was used.
 *
 * @returns `null` where no record lies in a window, or the source tells no frequencies
 */
export async function meanFrequencyMhz(
  batches: readonly RawPowerBatch[],
  windows: readonly { startMs: number; endMs: number }[],
): Promise<number | null> {
  const inside: string[] = [];
  let beforeMs = Infinity;
  for (const batch of batches) {
    const { arrivalsMs } = batch;
    // A record lies in a window where it came in it, and the one before did: they follow each other.
    const isInside = arrivalsMs.map((arrivalMs, at) => {
      const previousMs = arrivalsMs[at - 1] ?? beforeMs;
      return windows.some(({ startMs, endMs }) => previousMs >= startMs && arrivalMs <= endMs) &&
        previousMs < arrivalMs;
    });
    beforeMs = arrivalsMs.at(-1) ?? beforeMs;
    if (!isInside.includes(true)) continue;
    const records = await recordsOf(batch);
    // Where a record was lost, nobody knows which of them came when.
    if (records.length === arrivalsMs.length) {
      inside.push(...records.filter((xml, at) => xml !== "" && isInside[at]));
    }
  }
  const step = Math.ceil(inside.length / MOST_RECORDS);
  let [sum, usedNs] = [0, 0];
  for (const xml of inside.filter((_, at) => at % step === 0)) {
    for (const state of parsePowermetrics(xml).clusters.flatMap(statesOf)) {
      if (state.freqMhz === null) continue;
      sum += state.freqMhz * state.usedNs;
      usedNs += state.usedNs;
    }
  }
  return usedNs > 0 ? sum / usedNs : null;
}

/** Each record as powermetrics wrote it; "" for what it had no part in. */
async function recordsOf({ format, gzip }: RawPowerBatch): Promise<string[]> {
  const records: string[] = [];
  for (const { bytes } of membersOf(gzip)) {
    if (format === "json") {
      const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
      records.push(...lines.map((line) => plistsIn(line).at(-1) ?? ""));
      continue;
    }
    for await (const frame of frameRecords(oneChunk(bytes))) {
      if ("bytes" in frame) records.push(new TextDecoder().decode(frame.bytes));
    }
  }
  return records;
}

/** A cluster's own states tell when any of its CPUs was awake; those of the CPUs tell who worked. */
function statesOf({ cpus, states }: ClusterResidency): ClusterResidency["states"] {
  return cpus.length > 0 ? cpus.flatMap((cpu) => cpu.states) : states;
}
