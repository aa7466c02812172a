import type { PowerRecord } from "./source.ts";

/**
 * A record as a line of JSON, for sources that hand over numbers; `evidence` is what the source
 * itself said, kept beside what was made of it, so that the record can be made again.
 */
export function encodeRecord(
  record: PowerRecord,
  evidence: Record<string, unknown> = {},
): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...record, ...evidence }) + "\n");
}

/** Reads such a line; `null` where it is none. Numbers come back bit for bit. */
export function decodeRecord(line: string): PowerRecord | null {
  let value: Partial<PowerRecord> | null;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { elapsedNs, timestampMs, wallAheadMs, energyMj, thermalPressure, gpuActivity } = value ??
    {};
  const { startMs, endMs } = value ?? {};
  if (typeof elapsedNs !== "number" || typeof energyMj !== "object" || energyMj === null) {
    return null;
  }
  return {
    elapsedNs,
    timestampMs: timestampMs ?? null,
    ...(wallAheadMs === undefined ? {} : { wallAheadMs }),
    energyMj,
    thermalPressure: thermalPressure ?? null,
    ...(gpuActivity === undefined ? {} : { gpuActivity }),
    ...(startMs === undefined || endMs === undefined ? {} : { startMs, endMs }),
  };
}
