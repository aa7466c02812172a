/**
 * The sampler's thread. It must not load what it does not need: everything here runs beside what is
 * being measured.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { nowMs } from "../clock.ts";
import { plainError } from "../errors.ts";
import type { RawPowerBatch } from "../record.ts";
import type { MonitorNews, MonitorOrder } from "./messages.ts";
import { createSource } from "./sources.ts";

// A second of records at a time: eight of 56 KB compress to 26 KB in 1.4 ms, right after the last of
// them came, when the next is furthest away.
const BATCH_MS = 1000;

const stopping = new AbortController();

self.onmessage = ({ data }: MessageEvent<MonitorOrder>) => {
  if (data.order === "stop") stopping.abort();
  else sample(data).then(() => self.close());
};

async function sample(
  { spec, intervalMs }: Extract<MonitorOrder, { order: "start" }>,
): Promise<void> {
  try {
    const source = createSource(spec);
    const raw = new RawBatch(source.rawFormat);
    tell({ news: "spawned", spawnMs: nowMs() });
    try {
      for await (const event of source.open(intervalMs, stopping.signal)) {
        if ("loss" in event) {
          tell({ news: "loss", loss: event.loss });
          continue;
        }
        if ("spawnMs" in event) {
          tell({ news: "spawned", spawnMs: event.spawnMs });
          continue;
        }
        const { record, arrivalMs, parseMs = nowMs() - arrivalMs } = event;
        tell({ news: "record", record, arrivalMs, parseMs });
        raw.add(event.raw, arrivalMs);
        if (raw.spanMs >= BATCH_MS) raw.flush();
      }
    } finally {
      raw.flush();
    }
    tell({ news: "ended", death: null });
  } catch (error) {
    tell({ news: "ended", death: plainError(error) });
  }
}

class RawBatch {
  #records: Uint8Array[] = [];
  #arrivalsMs: number[] = [];

  constructor(readonly format: RawPowerBatch["format"]) {}

  get spanMs(): number {
    return (this.#arrivalsMs.at(-1) ?? 0) - (this.#arrivalsMs[0] ?? 0);
  }

  add(raw: Uint8Array, arrivalMs: number): void {
    this.#records.push(raw);
    this.#arrivalsMs.push(arrivalMs);
  }

  flush(): void {
    if (this.#records.length === 0) return;
    const gzip = Uint8Array.from(gzipSync(new Uint8Array(concatenated(this.#records))));
    tell({ news: "raw", batch: { format: this.format, arrivalsMs: this.#arrivalsMs, gzip } });
    this.#records = [];
    this.#arrivalsMs = [];
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function tell(news: MonitorNews): void {
  self.postMessage(news);
}
