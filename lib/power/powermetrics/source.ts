import { nowMs, wallAheadMs } from "../../clock.ts";
import type { SourceInfo } from "../../record.ts";
import type {
  PowerRecord,
  PowerSource,
  SamplingIntervalMs,
  SourceEvent,
  SourceProbe,
} from "../source.ts";
import { PowermetricsChild, type Start } from "./child.ts";
import { asksForPassword, explainEnding, refusesSampler } from "./failure.ts";
import { FloodGate } from "./flood.ts";
import { probePowermetrics } from "./probe.ts";
import { scanStream } from "./scan_stream.ts";

/** macOS's own `powermetrics`: CPU, GPU and ANE, as the system estimates them. Needs a sudo rule. */
export class PowermetricsSource implements PowerSource {
  readonly info: SourceInfo = {
    name: "powermetrics",
    kind: "measured",
    rails: ["cpu", "gpu", "ane"],
    totalRails: ["cpu", "gpu", "ane"],
    label: "CPU+GPU+ANE (powermetrics)",
    // Its man page: "estimated and may be inaccurate"; nobody states by how much.
    statedError: null,
  };
  readonly rawFormat = "plist" as const;

  probe(): Promise<SourceProbe> {
    return probePowermetrics();
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    // With the rule first; else in the terminal's own session, where a ticket of `sudo -v` holds.
    let start: Start = { samplers: "plain", detached: true };
    let mayAskForAne = true;
    for (;;) {
      const child = new PowermetricsChild(intervalMs, start);
      let records = 0;
      let lacksAne = false;
      try {
        for await (const event of readUntil(child, intervalMs, signal)) {
          if ("record" in event) {
            lacksAne = mayAskForAne && records === 0 && isWithoutAne(event.record);
            if (lacksAne) break;
            records++;
          }
          yield event;
        }
      } finally {
        await child.closePipe();
        if (signal.aborted) await child.gone(2 * intervalMs + 500);
      }
      if (signal.aborted) return;
      const next = lacksAne ? askForAne(start) : another(start, await child.ending(), records);
      if (next.samplers === "ane") mayAskForAne = false;
      start = next;
    }

    // What is tried next after a start that gave no record; throws where there is nothing.
    function another(
      start: Start,
      ending: { code: number; lastWords: string },
      records: number,
    ): Start {
      if (records === 0 && start.samplers === "ane") return { ...start, samplers: "plain" };
      if (records === 0 && mayAskForAne && refusesSampler(ending)) return askForAne(start);
      if (records === 0 && start.detached && asksForPassword(ending)) {
        return { ...start, detached: false };
      }
      throw explainEnding({ ...ending, records });
    }
  }
}

/** The CPU is reported and the ANE is not: elsewhere both come with `cpu_power`. */
function isWithoutAne({ energyMj }: PowerRecord): boolean {
  return typeof energyMj.cpu === "number" && (energyMj.ane ?? null) === null;
}

function askForAne(start: Start): Start {
  return { ...start, samplers: "ane" };
}

/** Records until `signal` aborts, and then the one that is under way. */
async function* readUntil(
  child: PowermetricsChild,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  let limit: ReturnType<typeof setTimeout> | undefined;
  // Twice the interval is what an unattended machine takes (recorded: 248 ms for 100 asked).
  const onAbort = () => limit = setTimeout(() => child.closePipe(), 2.5 * intervalMs + 500);
  if (signal.aborted) return;
  signal.addEventListener("abort", onAbort);
  const gate = new FloodGate(intervalMs);
  try {
    for await (const event of scanStream(child.bytes())) {
      const stopping = signal.aborted;
      gate.pass("loss" in event ? event.loss.bytes : event.raw.length, nowMs());
      yield "loss" in event
        ? event
        : { ...event, record: { ...event.record, wallAheadMs: wallAheadMs() } };
      if (stopping && "record" in event) return;
    }
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
  }
}
