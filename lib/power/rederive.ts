import type { Finding, PowerSample, RawPowerBatch } from "../record.ts";
import type { Alignment } from "./align.ts";
import { readRawPower } from "./kept_stream.ts";
import { Recording } from "./recording.ts";

/** What follows from a kept stream. */
export interface RederivedPower {
  /** Energies in mJ, dated in epoch ms. */
  samples: PowerSample[];
  /** How they were dated, and how sure that is. */
  alignment: Alignment;
  /** What a reader of the samples must know. */
  findings: Finding[];
}

/**
 * Comes from the raw records that a monitor kept to the same samples, alignment and findings, bit
 * for bit. Energies in mJ, times in epoch ms; throws `InputError` where the records are damaged.
 *
 * @param intervalMs the cadence asked for, in ms, where the batches do not say; 100 unless stated
 */
export async function rederivePower(
  batches: readonly RawPowerBatch[],
  intervalMs = 100,
): Promise<RederivedPower> {
  const kept = await readRawPower(batches);
  const recording = new Recording(kept.intervalMs ?? intervalMs);
  recording.spawnMs = kept.spawnMs ?? -Infinity;
  recording.death = kept.death;
  recording.isComplete = true;
  kept.records.forEach((record, i) => {
    recording.addRecord(record, kept.arrivalsMs[i]!, kept.parseMs[i] ?? 0);
  });
  recording.losses.push(...kept.losses);
  return {
    samples: recording.samples(),
    alignment: recording.alignment(),
    findings: recording.findings(),
  };
}
