/**
 * The sampler's thread. It must not load what it does not need: everything here runs beside what is
 * being measured.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import { type PlainError, plainError } from "../errors.ts";
import type { RawPowerBatch } from "../record.ts";
import type { MonitorNews, MonitorOrder } from "./messages.ts";
import { RawBatch } from "./raw_batch.ts";
import type { PowerSource } from "./source.ts";
import { createSource } from "./sources.ts";

// Unattended machines take up to 420 ms for 100 asked (notes on powermetrics, 4.6).
const SILENT_INTERVALS = 10;
const LEAST_SILENCE_MS = 3000;

const stopping = new AbortController();
let stopMs = Infinity;
let sampled: PowerSource | null = null;

self.onmessage = ({ data }: MessageEvent<MonitorOrder>) => {
  if (data.order === "stop") {
    stopMs = nowMs();
    stopping.abort();
  } else if (data.order === "hint") sampled?.hint?.(data.phase, data.atMs);
  else sample(data).then(() => self.close());
};

async function sample(
  { spec, intervalMs }: Extract<MonitorOrder, { order: "start" }>,
): Promise<void> {
  let raw: RawBatch | null = null;
  let latestMs = nowMs();
  let isReplay = false;
  const started = (spawnMs: number) => {
    if (raw !== null) raw.spawnMs = spawnMs;
    tell({ news: "spawned", spawnMs });
  };
  try {
    const source = sampled = createSource(spec);
    raw = new RawBatch(source.rawFormat, intervalMs);
    started(nowMs());
    for await (const event of source.open(intervalMs, stopping.signal)) {
      if ("loss" in event) {
        tell({ news: "loss", loss: event.loss });
        raw.addLoss(event.loss);
      } else if ("spawnMs" in event) {
        isReplay = true;
        started(event.spawnMs);
      } else {
        const { record, arrivalMs } = event;
        const parseMs = event.parseMs ?? nowMs() - arrivalMs;
        latestMs = nowMs();
        tell({ news: "record", record, arrivalMs, parseMs });
        raw.addRecord(event, parseMs);
        if (raw.isFull) deliver(raw.take());
      }
    }
    end(raw, isReplay ? null : quietDeath(stopMs - latestMs, intervalMs));
  } catch (error) {
    // What ends while it is being stopped has not died.
    end(raw, stopping.signal.aborted ? null : plainError(error));
  }
}

/**
 * Why a source ended that gave no reason: nobody had told it to, or it was told to and had said
 * nothing for long, as one that was stopped (SIGSTOP) or hangs.
 */
function quietDeath(silentMs: number, intervalMs: number): PlainError | null {
  if (!stopping.signal.aborted) {
    return { message: "The power sampler ended by itself", remedy: null };
  }
  if (silentMs <= Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * intervalMs)) return null;
  return {
    message: `The power sampler said nothing for the last ${(silentMs / 1000).toFixed(1)} s`,
    remedy: "see whether it was stopped or the machine was overloaded, and run again",
  };
}

function end(raw: RawBatch | null, death: PlainError | null): void {
  deliver(raw?.take(death) ?? null);
  tell({ news: "ended", death });
}

function deliver(batch: RawPowerBatch | null): void {
  if (batch !== null) tell({ news: "raw", batch });
}

function tell(news: MonitorNews): void {
  self.postMessage(news);
}
