import type { SourceInfo } from "../../record.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "../source.ts";
import { PowermetricsChild } from "./child.ts";
import { asksForPassword, explainEnding } from "./failure.ts";
import { frameRecords } from "./frame.ts";
import { probePowermetrics } from "./probe.ts";
import { scanRecord } from "./scan.ts";

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
    for (const detached of [true, false]) {
      const child = new PowermetricsChild(intervalMs, { detached });
      let records = 0;
      try {
        for await (const event of readUntil(child, intervalMs, signal)) {
          if ("record" in event) records++;
          yield event;
        }
      } finally {
        await child.closePipe();
        if (signal.aborted) await child.gone(2 * intervalMs + 500);
      }
      if (signal.aborted) return;
      const ending = await child.ending();
      if (detached && records === 0 && asksForPassword(ending)) continue;
      throw explainEnding({ ...ending, records });
    }
  }
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
  try {
    for await (const frame of frameRecords(child.bytes())) {
      const stopping = signal.aborted;
      if ("loss" in frame) {
        yield frame;
        continue;
      }
      const record = scanRecord(new TextDecoder().decode(frame.bytes));
      yield record === null
        ? { loss: { bytes: frame.bytes.length, reason: "a record without elapsed_ns" } }
        : { record, arrivalMs: frame.arrivalMs, raw: frame.raw };
      if (stopping) return;
    }
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
  }
}
