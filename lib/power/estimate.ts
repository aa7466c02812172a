import { cpuUsage } from "node:process";
import { InputError } from "../errors.ts";
import type { SourceInfo } from "../record.ts";
import { sampleMeter } from "./meter.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "./source.ts";

/** The power curve of one logical CPU, and how wrong it may be. */
export interface EstimateOptions {
  /** Power of an idle logical CPU in mW; 740 unless better is known. */
  idleMwPerCpu?: number;
  /** Power of a busy logical CPU in mW; 3500 unless better is known. */
  busyMwPerCpu?: number;
  /** Number of logical CPUs; those of this machine unless stated. */
  cpus?: number;
  /** Relative error of the curve; 0.5 unless better is known, never below 0.3. */
  statedError?: number;
}

// Cloud Carbon Footprint, methodology, "AWS: average minimum watts 0.74, average maximum watts 3.5"
// per vCPU (https://www.cloudcarbonfootprint.org/docs/methodology/). Nobody measured this machine.
const IDLE_MW_PER_CPU = 740;
const BUSY_MW_PER_CPU = 3500;
const STATED_ERROR = 0.5;
const LEAST_STATED_ERROR = 0.3;

/** Energy in mJ of `cpus` logical CPUs over `durationMs`, of which this process worked `cpuTimeMs`. */
export function estimateEnergyMj(
  durationMs: number,
  cpuTimeMs: number,
  options: EstimateOptions = {},
): number {
  const { idleMwPerCpu, busyMwPerCpu, cpus } = checked(options);
  // More busy time than there are cores is an artefact of when the two counters are read.
  const busyMs = Math.min(Math.max(cpuTimeMs, 0), cpus * durationMs);
  return (idleMwPerCpu * cpus * durationMs + (busyMwPerCpu - idleMwPerCpu) * busyMs) / 1000;
}

/** CPU time of this process × a stated power curve: for machines that measure nothing. */
export class EstimateSource implements PowerSource {
  readonly info: SourceInfo;
  readonly rawFormat = "json" as const;
  readonly #options: Required<EstimateOptions>;

  /** Throws `InputError` for a curve that cannot be, or one that claims to be too exact. */
  constructor(options: EstimateOptions = {}) {
    this.#options = checked(options);
    this.info = {
      name: "estimate",
      kind: "estimated",
      rails: ["cpu"],
      totalRails: ["cpu"],
      label: "estimate from CPU time",
      statedError: this.#options.statedError,
    };
  }

  probe(): Promise<SourceProbe> {
    return Promise.resolve({ works: true, reason: null, remedy: null });
  }

  open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncIterable<SourceEvent> {
    return sampleMeter<number>(
      {
        // The kernel books CPU time in steps of up to 4 ms; below one of ours there is nothing.
        leastMs: 1,
        read: cpuTimeMs,
        energyMj: (beforeMs, afterMs, durationMs) => ({
          cpu: estimateEnergyMj(durationMs, afterMs - beforeMs, this.#options),
        }),
      },
      intervalMs,
      signal,
    );
  }
}

/** CPU time of the whole process, all its threads, also when asked from a Worker. */
function cpuTimeMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

function checked(options: EstimateOptions): Required<EstimateOptions> {
  const idleMwPerCpu = options.idleMwPerCpu ?? IDLE_MW_PER_CPU;
  const busyMwPerCpu = options.busyMwPerCpu ?? BUSY_MW_PER_CPU;
  const cpus = options.cpus ?? navigator.hardwareConcurrency;
  const statedError = options.statedError ?? STATED_ERROR;
  if (!(idleMwPerCpu >= 0 && busyMwPerCpu >= idleMwPerCpu && Number.isFinite(busyMwPerCpu))) {
    throw new InputError(
      `Cannot estimate power from ${idleMwPerCpu} mW idle and ${busyMwPerCpu} mW busy per CPU`,
      { remedy: "state 0 <= idleMwPerCpu <= busyMwPerCpu" },
    );
  }
  if (!(Number.isInteger(cpus) && cpus > 0)) {
    throw new InputError(`Cannot estimate power of ${cpus} CPUs`, {
      remedy: "state a whole number above 0 as cpus",
    });
  }
  if (!(statedError >= LEAST_STATED_ERROR && statedError <= 1)) {
    throw new InputError(`Cannot state an error of ${statedError} for an estimate from CPU time`, {
      remedy: `state one between ${LEAST_STATED_ERROR} and 1 as statedError`,
    });
  }
  return { idleMwPerCpu, busyMwPerCpu, cpus, statedError };
}
