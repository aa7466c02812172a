import { InputError } from "../../errors.ts";
import type { Rail, SourceInfo } from "../../record.ts";
import { ArrivalClock } from "../arrival_clock.ts";
import { LineChild } from "../line_child.ts";
import { failedProbe, WORKS } from "../probe.ts";
import { encodeRecord } from "../raw_json.ts";
import type {
  PowerRecord,
  PowerSource,
  SamplingIntervalMs,
  SourceEvent,
  SourceProbe,
} from "../source.ts";
import { MACMON_RAILS, type MacmonReading, readMacmonLine } from "./line.ts";

const INSTALL = "install it with `brew install macmon`";
// Its main.rs raises anything shorter to this.
const SHORTEST_MS = 100;

/**
 * `macmon`, which needs no sudo. It gives mean powers and no length of time, so its records are as
 * long as the time between its lines. Its total is that of powermetrics; DRAM and the whole system
 * come along, and show what CPU+GPU+ANE leaves out.
 */
export class MacmonSource implements PowerSource {
  readonly info: SourceInfo = {
    name: "macmon",
    kind: "measured",
    rails: [...MACMON_RAILS],
    totalRails: ["cpu", "gpu", "ane"],
    label: "CPU+GPU+ANE (macmon)",
    statedError: null,
  };
  readonly rawFormat = "json" as const;
  readonly #os: typeof Deno.build.os;

  constructor(os: typeof Deno.build.os = Deno.build.os) {
    this.#os = os;
  }

  async probe(): Promise<SourceProbe> {
    if (this.#os !== "darwin") {
      return {
        works: false,
        reason: `macmon reads Macs, and this is ${this.#os}`,
        remedy: "run on a Mac with Apple Silicon to measure",
      };
    }
    try {
      const child = new LineChild("macmon", ["--version"], INSTALL);
      for await (const _line of child.lines(AbortSignal.timeout(5000), 0));
      const ending = await child.ending();
      return ending.code === 0 ? WORKS : failedProbe(explainEnding(0, ending));
    } catch (error) {
      return failedProbe(error);
    }
  }

  async *open(askedMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    const intervalMs = Math.max(askedMs, SHORTEST_MS);
    const child = new LineChild("macmon", ["pipe", "-i", String(intervalMs)], INSTALL);
    const clock = new ArrivalClock(intervalMs);
    let records = 0;
    for await (const event of child.lines(signal, 2 * intervalMs)) {
      const reading = "text" in event ? readMacmonLine(event.text) : null;
      if ("loss" in event) yield event;
      else if (reading === null) {
        yield { loss: { bytes: event.text.length, reason: "a line that is not macmon's JSON" } };
      } else {
        const { text, arrivalMs } = event;
        const record = recordOf(reading, clock.elapsedMs(arrivalMs, reading.stampMs));
        yield { record, arrivalMs, raw: encodeRecord(record, { macmon: text }) };
        records++;
        if (signal.aborted) return;
      }
    }
    if (!signal.aborted) throw explainEnding(records, await child.ending());
  }
}

function recordOf(reading: MacmonReading, elapsedMs: number): PowerRecord {
  const energyMj: Partial<Record<Rail, number | null>> = {};
  for (const rail of MACMON_RAILS) {
    const powerMw = reading.powerMw[rail] ?? null;
    energyMj[rail] = powerMw === null ? null : powerMw * elapsedMs / 1000;
  }
  return {
    elapsedNs: Math.round(elapsedMs * 1e6),
    timestampMs: null,
    energyMj,
    thermalPressure: null,
    gpuActivity: reading.gpuActivity,
  };
}

function explainEnding(
  records: number,
  { code, lastWords }: { code: number; lastWords: string },
): InputError {
  const said = lastWords === "" ? `exit code ${code}` : `exit code ${code}, "${lastWords}"`;
  if (records > 0) {
    return new InputError(`macmon ended by itself after ${records} records (${said})`, {
      remedy: "start sampling again; what was recorded so far is kept",
    });
  }
  return new InputError(`macmon ended without a record (${said})`, {
    remedy: "check that `macmon pipe -s 1` works, or update it with `brew upgrade macmon`",
  });
}
