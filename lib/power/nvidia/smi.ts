import { InputError } from "../../errors.ts";
import { ArrivalClock } from "../arrival_clock.ts";
import { LineChild } from "../line_child.ts";
import { encodeRecord } from "../raw_json.ts";
import type { PowerRecord, SamplingIntervalMs, SourceEvent } from "../source.ts";

const REMEDY = "check that `nvidia-smi` lists a GPU with a power draw";
const QUERY = ["--format=csv,noheader,nounits"];

/** Asks nvidia-smi for its GPUs. Throws `InputError` where it is missing or finds none. */
export async function countGpus(): Promise<number> {
  const child = new LineChild(
    "nvidia-smi",
    ["--query-gpu=index", ...QUERY],
    "install NVIDIA's driver",
  );
  let count = 0;
  for await (const event of child.lines(AbortSignal.timeout(5000), 0)) {
    if ("text" in event && /^\d+$/.test(event.text.trim())) count++;
  }
  if (count > 0) return count;
  const { code, lastWords } = await child.ending();
  throw new InputError(
    `Cannot read NVIDIA GPUs: nvidia-smi lists none (exit code ${code}, "${lastWords}")`,
    { remedy: REMEDY },
  );
}

/**
 * The power draw of all GPUs, as `nvidia-smi` prints it: a line for each GPU and interval, without
 * a time. It is the draw averaged over up to a second before, not over the interval.
 */
export async function* sampleSmi(
  gpus: number,
  intervalMs: SamplingIntervalMs,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  const child = new LineChild(
    "nvidia-smi",
    ["--query-gpu=index,power.draw", ...QUERY, "-lms", String(intervalMs)],
    "install NVIDIA's driver",
  );
  const clock = new ArrivalClock(intervalMs);
  let lines: string[] = [];
  let records = 0;
  for await (const event of child.lines(signal, intervalMs)) {
    if ("loss" in event) {
      yield event;
      continue;
    }
    const { text, arrivalMs } = event;
    if (!/^\s*\d+\s*,/.test(text)) {
      yield {
        loss: { bytes: text.length, reason: "a line of nvidia-smi without index and power" },
      };
      continue;
    }
    if (lines.length > 0 && indexOf(text) <= indexOf(lines.at(-1)!)) {
      yield {
        loss: { bytes: lines.join("\n").length, reason: "a GPU that nvidia-smi left out" },
      };
      lines = [];
    }
    lines.push(text);
    if (lines.length < gpus) continue;
    const elapsedMs = clock.elapsedMs(arrivalMs);
    const watts = lines.map(drawW);
    const record: PowerRecord = {
      elapsedNs: Math.round(elapsedMs * 1e6),
      timestampMs: null,
      energyMj: { gpu: watts.includes(null) ? null : sum(watts) * elapsedMs },
      thermalPressure: null,
    };
    yield { record, arrivalMs, raw: encodeRecord(record, { lines }) };
    lines = [];
    records++;
    if (signal.aborted) return;
  }
  if (signal.aborted) return;
  const { code, lastWords } = await child.ending();
  throw new InputError(
    `nvidia-smi ended by itself after ${records} records (exit code ${code}, "${lastWords}")`,
    { remedy: REMEDY },
  );
}

function indexOf(line: string): number {
  return Number(line.split(",")[0]);
}

/** "0, 35.21" is 35.21 W; "[N/A]" stands for what the card does not measure. */
function drawW(line: string): number | null {
  const watts = Number(line.split(",")[1]?.trim() || NaN);
  return Number.isFinite(watts) && watts >= 0 ? watts : null;
}

function sum(watts: readonly (number | null)[]): number {
  return watts.reduce<number>((total, one) => total + (one ?? 0), 0);
}
