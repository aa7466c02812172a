import { gunzipSync } from "node:zlib";
import { InputError } from "../errors.ts";
import type { RawPowerBatch } from "../record.ts";
import { scanStream } from "./powermetrics/scan_stream.ts";
import { decodeRecord } from "./raw_json.ts";
import { type RawMember, unpackMembers } from "./raw_member.ts";
import type { MonitorLoss } from "./recording.ts";
import type { PowerRecord } from "./source.ts";

/** A kept stream, read again: what the sampler's thread saw, number by number. */
export interface KeptPower {
  /** The records. */
  records: PowerRecord[];
  /** When each one's last byte arrived, in epoch ms. */
  arrivalsMs: number[];
  /** What could not be read. */
  losses: MonitorLoss[];
  /** What reading each record took, in ms; empty where that was not kept. */
  parseMs: number[];
  /** Time before which the source was not running, in epoch ms; `null` where that was not kept. */
  spawnMs: number | null;
  /** The cadence asked for, in ms; `null` where that was not kept. */
  intervalMs: number | null;
  /** Why sampling ended by itself; `null` where it did not. */
  death: { message: string; remedy: string | null } | null;
}

/**
 * Reads raw power batches again, as `PowerMonitor.takeRaw()` gave them out and a database keeps them.
 * Throws `InputError` where they are damaged.
 */
export async function readRawPower(batches: readonly RawPowerBatch[]): Promise<KeptPower> {
  const kept: KeptPower = {
    records: [],
    arrivalsMs: batches.flatMap(({ arrivalsMs }) => arrivalsMs),
    losses: [],
    parseMs: [],
    spawnMs: null,
    intervalMs: null,
    death: null,
  };
  for (const { format, gzip } of batches) {
    for (const { bytes, note } of membersOf(gzip)) {
      const begin = kept.records.length;
      const losses = await (format === "plist" ? readPlists : readLines)(bytes, kept);
      kept.losses.push(...(note?.losses ?? losses).map((loss) => ({
        ...loss,
        afterRecords: begin + loss.afterRecords,
      })));
      if (note === null) continue;
      kept.parseMs.push(...note.parseMs);
      note.wallAheadMs?.forEach((wallAheadMs, i) => {
        const record = kept.records[begin + i];
        if (record !== undefined) record.wallAheadMs = wallAheadMs;
      });
      kept.spawnMs = note.spawnMs;
      kept.intervalMs = note.intervalMs;
      kept.death = note.death ?? kept.death;
    }
  }
  if (kept.records.length !== kept.arrivalsMs.length) {
    throw damaged(`${kept.records.length} records and ${kept.arrivalsMs.length} arrival times`);
  }
  return kept;
}

/** Members of a gzip file of ours, or of anyone's, taken together. Throws `InputError`. */
export function membersOf(gzip: Uint8Array): RawMember[] {
  try {
    return unpackMembers(gzip) ?? [{ bytes: gunzipSync(gzip), note: null }];
  } catch (cause) {
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Bytes as a stream of one chunk. */
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function readPlists(bytes: Uint8Array, { records }: KeptPower): Promise<MonitorLoss[]> {
  const begin = records.length;
  const losses: MonitorLoss[] = [];
  for await (const event of scanStream(oneChunk(bytes))) {
    if ("record" in event) records.push(event.record);
    else losses.push({ ...event.loss, afterRecords: records.length - begin });
  }
  return losses;
}

function readLines(bytes: Uint8Array, { records }: KeptPower): MonitorLoss[] {
  const begin = records.length;
  const losses: MonitorLoss[] = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line === "") continue;
    const record = decodeRecord(line);
    if (record !== null) records.push(record);
    else {
      losses.push({
        bytes: line.length,
        reason: "a line that is no power record",
        afterRecords: records.length - begin,
      });
    }
  }
  return losses;
}

function damaged(found: string, cause?: unknown): InputError {
  return new InputError(`Cannot read the kept power records again: ${found}`, {
    remedy: "the file or database is damaged; use a copy",
    cause,
  });
}
