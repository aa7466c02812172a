import type { Phase, SourceInfo } from "../../record.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "../source.ts";
import { scanStream } from "../powermetrics/scan_stream.ts";
import { RIG_CHIPS, RIG_RAILS, rigChip } from "./chips.ts";
import { LiveRig, type RigOptions } from "./live.ts";

/**
 * A simulated Mac, for those who have none: the phases are those of the run, the powers are made up.
 *
 * It writes bytes on the monitor's own thread, which pass through the same framing and scanning as
 * those of powermetrics. A process of its own would need permission to run Deno.
 */
export class RigSource implements PowerSource {
  readonly info: SourceInfo;
  readonly rawFormat = "plist" as const;
  readonly #options: RigOptions;
  #rig: LiveRig | null = null;

  /** Throws `InputError` for an unknown chip. */
  constructor(options: RigOptions) {
    const chip = rigChip(options.chip);
    this.#options = options;
    this.info = {
      name: `rig:${chip}`,
      kind: "simulated",
      rails: [...RIG_RAILS],
      totalRails: [...RIG_RAILS],
      label: `simulated ${RIG_CHIPS[chip].label}`,
      statedError: null,
    };
  }

  probe(): Promise<SourceProbe> {
    return Promise.resolve({ works: true, reason: null, remedy: null });
  }

  hint(phase: Phase, atMs: number): void {
    this.#rig?.enter(phase, atMs);
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    if (signal.aborted) return;
    this.#rig = new LiveRig(this.#options, intervalMs);
    for await (const event of scanStream(this.#rig.bytes())) {
      const isStopping = signal.aborted;
      yield event;
      if (isStopping && "record" in event) return;
    }
    throw new Error(`The ${this.info.label} ended by itself`);
  }
}
