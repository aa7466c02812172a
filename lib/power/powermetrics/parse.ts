import { InputError } from "../../errors.ts";
import { type Plist, type PlistDict, readPlist } from "./plist.ts";
import { ENERGY_KEYS } from "./scan.ts";
import { isTextRecord, readTextRecord } from "./text.ts";
import { activityOf, dateMs, energyValue, implausible, megahertz, wholeNumber } from "./values.ts";

/** Time spent at one frequency. A table may hold the same frequency twice: keep the order. */
export interface FrequencyState {
  /** The frequency in MHz. */
  freqMhz: number | null;
  /** Time spent at it, in nanoseconds. */
  usedNs: number;
}

/** What CPUs, clusters and the GPU have in common. */
export interface Residency {
  /** Mean frequency while in use, in MHz; 0 for a core that is powered down. */
  freqMhz: number | null;
  /** Share of time in use, 0 to 1: used / (idle + down + used). */
  activity: number | null;
  /** Time idle but powered, in nanoseconds. */
  idleNs: number | null;
  /** Time powered down; `null` on chips that do not report it (M1, M2). */
  downNs: number | null;
  /** Time at each frequency, in the order of the record. */
  states: FrequencyState[];
}

/** One CPU of a cluster. */
export interface CpuResidency extends Residency {
  /** Its number in the system. */
  cpu: number | null;
}

/** One cluster of CPUs, under the name that the system gives it ("E-Cluster", "P0-Cluster"). */
export interface ClusterResidency extends Residency {
  /** The system's own name for it. */
  name: string;
  /** First letter of the name: E, P, or what later chips bring. */
  kind: string;
  /** Mean of the CPUs' activities: right also where a cluster's own counters are not (M3 Max: idle 0). */
  cpuActivity: number | null;
  /** Its CPUs. */
  cpus: CpuResidency[];
}

/** The GPU. `energyMj` is a second reading of `energyMj.gpu` of the record: never add the two. */
export interface GpuResidency extends Residency {
  /** Its own reading of its energy, in mJ. */
  energyMj: number | null;
}

/** One record of powermetrics. Whatever its samplers left out is `null` or empty. */
export interface PowermetricsRecord {
  /** Measured length of the interval, in nanoseconds. */
  elapsedNs: number;
  /** Epoch milliseconds, in whole seconds. */
  timestampMs: number | null;
  /** Energy in mJ over `elapsedNs`; DRAM and package only where macOS reports them (12 and before). */
  energyMj: {
    cpu: number | null;
    gpu: number | null;
    ane: number | null;
    dram?: number | null;
    package?: number | null;
  };
  /** "Nominal" where there is none. */
  thermalPressure: string | null;
  /** Model of the machine ("Mac16,5"). */
  hwModel: string | null;
  /** Build of the system ("25C56"). */
  osBuild: string | null;
  /** Clusters of CPUs; empty without the `cpu_power` sampler. */
  clusters: ClusterResidency[];
  /** The GPU; `null` without the `gpu_power` sampler. */
  gpu: GpuResidency | null;
}

/**
 * Reads one record of `powermetrics -f plist` or `-f text` in full: energies in mJ, frequencies in
 * MHz. The text format has powers only, in whole mW: there, energy is power × elapsed.
 *
 * Throws `InputError` for text that is not one whole record.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePowermetrics } from "@tokenwatt/tokenwatt";
 *
 * const record = parsePowermetrics(`<plist version="1.0"><dict>
 *   <key>elapsed_ns</key><integer>1002093500</integer>
 *   <key>processor</key><dict><key>cpu_energy</key><integer>3049</integer></dict>
 * </dict></plist>`);
 * assert(record.energyMj.cpu === 3049 && record.energyMj.ane === null);
 * ```
 */
export function parsePowermetrics(output: string): PowermetricsRecord {
  const root = isTextRecord(output) ? readTextRecord(output) : readPlist(output);
  const processor = dict(root.get("processor"));
  const gpu = dict(root.get("gpu"));
  const elapsedNs = count(root.get("elapsed_ns"));
  const energyMj = energiesOf(processor, gpu);
  const refusal = implausible(elapsedNs, energyMj);
  if (elapsedNs === null || refusal !== null) {
    throw new InputError(`Cannot read the power record: ${refusal}`, {
      remedy: "pass one record as powermetrics -f plist or -f text writes it",
    });
  }
  return {
    elapsedNs,
    timestampMs: dateMs(text(root.get("timestamp"))),
    energyMj,
    thermalPressure: text(root.get("thermal_pressure")),
    hwModel: text(root.get("hw_model")),
    osBuild: text(root.get("kern_osversion")),
    clusters: dicts(processor?.get("clusters")).map(readCluster),
    gpu: gpu === null ? null : {
      ...readResidency(gpu),
      energyMj: energyValue(text(gpu.get("gpu_energy"))),
    },
  };
}

function energiesOf(
  processor: PlistDict | null,
  gpu: PlistDict | null,
): PowermetricsRecord["energyMj"] {
  const energyMj: PowermetricsRecord["energyMj"] = { cpu: null, gpu: null, ane: null };
  for (const [key, rail] of ENERGY_KEYS) {
    const found = text(processor?.get(key));
    if (found !== null) energyMj[rail as keyof typeof energyMj] = energyValue(found);
  }
  energyMj.gpu ??= energyValue(text(gpu?.get("gpu_energy")));
  return energyMj;
}

function readCluster(cluster: PlistDict): ClusterResidency {
  const name = text(cluster.get("name")) ?? "";
  const cpus = dicts(cluster.get("cpus")).map((cpu) => ({
    cpu: count(cpu.get("cpu")),
    ...readResidency(cpu),
  }));
  const activities = cpus.flatMap(({ activity }) => activity ?? []);
  return {
    name,
    kind: name.slice(0, 1),
    ...readResidency(cluster),
    cpuActivity: activities.length === 0
      ? null
      : activities.reduce((sum, activity) => sum + activity, 0) / activities.length,
    cpus,
  };
}

function readResidency(from: PlistDict): Residency {
  const idleNs = count(from.get("idle_ns"));
  const downNs = count(from.get("down_ns"));
  const states = dicts(from.get("dvfm_states")).map((state) => ({
    freqMhz: megahertz(number(state.get("freq"))),
    usedNs: count(state.get("used_ns")) ?? 0,
  }));
  const usedNs = states.reduce((sum, state) => sum + state.usedNs, 0);
  const known = idleNs !== null && states.length > 0;
  return {
    freqMhz: megahertz(number(from.get("freq_hz"))),
    activity: known ? activityOf(idleNs, downNs ?? 0, usedNs) : null,
    idleNs,
    downNs,
    states,
  };
}

function dict(value: Plist | undefined): PlistDict | null {
  return value instanceof Map ? value : null;
}

function dicts(value: Plist | undefined): PlistDict[] {
  return Array.isArray(value) ? value.filter((one) => one instanceof Map) : [];
}

function text(value: Plist | undefined): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function number(value: Plist | undefined): number | null {
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
  return Number.isFinite(parsed) ? parsed : null;
}

function count(value: Plist | undefined): number | null {
  return wholeNumber(text(value));
}
