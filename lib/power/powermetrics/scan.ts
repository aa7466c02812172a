import type { Rail } from "../../record.ts";
import type { PowerRecord } from "../source.ts";
import { activityOf, dateMs, energyValue, implausible, wholeNumber } from "./values.ts";

/** Energies of `processor`, whole millijoules. The last two: macOS 12 and before (notes, 4.2). */
export const ENERGY_KEYS: readonly [key: string, rail: Rail, isAlways: boolean][] = [
  ["cpu_energy", "cpu", true],
  ["gpu_energy", "gpu", true],
  ["ane_energy", "ane", true],
  ["dram_energy", "dram", false],
  ["package_energy", "package", false],
];

/**
 * Reads the few values that sampling needs out of one record, in some 0.05 ms for 56 KB: the full
 * reading of `parsePowermetrics` takes 10 ms, too much for a thread that disturbs what it measures.
 * Where it cannot be one, the reason in words.
 */
export function scanRecord(xml: string): PowerRecord | string {
  const elapsedNs = wholeNumber(valueAfter(xml, "elapsed_ns"));

  const processor = xml.indexOf("<key>processor</key>");
  // From the end: the clusters before it are nine tenths of the record.
  const gpu = xml.lastIndexOf("<key>gpu</key>");
  const processorEnd = gpu > processor ? gpu : xml.length;
  const gpuEnd = processor > gpu ? processor : xml.length;
  // Energies stand behind the clusters, and what the thermal sampler writes behind them.
  const energies = Math.max(processor, xml.lastIndexOf("</array>", processorEnd));

  const energyMj: PowerRecord["energyMj"] = {};
  for (const [key, rail, isAlways] of ENERGY_KEYS) {
    const text = processor < 0 ? null : valueAfter(xml, key, energies, processorEnd) ??
      valueAfter(xml, key, processor, processorEnd);
    if (isAlways || text !== null) energyMj[rail] = energyValue(text);
  }
  // gpu.gpu_energy is a second reading of the same rail: a stand-in, never an addition.
  if (gpu >= 0) energyMj.gpu ??= energyValue(valueAfter(xml, "gpu_energy", gpu, gpuEnd));

  const refusal = implausible(elapsedNs, energyMj);
  if (elapsedNs === null || refusal !== null) return refusal ?? "";
  return {
    elapsedNs,
    timestampMs: dateMs(valueAfter(xml, "timestamp")),
    energyMj,
    thermalPressure: valueAfter(xml, "thermal_pressure", Math.max(0, energies)) ??
      valueAfter(xml, "thermal_pressure"),
    gpuActivity: gpu < 0 ? null : activityWithin(xml, gpu, gpuEnd),
  };
}

function activityWithin(xml: string, from: number, to: number): number | null {
  const states = xml.indexOf("<key>dvfm_states</key>", from);
  if (states < 0 || states > to) return null;
  const statesEnd = xml.indexOf("</array>", states);
  const end = statesEnd < 0 ? to : statesEnd;
  let usedNs = 0;
  for (let at = states; (at = xml.indexOf("<key>used_ns</key>", at)) >= 0 && at < end; at++) {
    usedNs += wholeNumber(valueAfter(xml, "used_ns", at, end)) ?? 0;
  }
  const idleNs = wholeNumber(valueAfter(xml, "idle_ns", from, to));
  const downNs = wholeNumber(valueAfter(xml, "down_ns", from, to)) ?? 0;
  return idleNs === null ? null : activityOf(idleNs, downNs, usedNs);
}

function valueAfter(xml: string, key: string, from = 0, to = xml.length): string | null {
  const label = `<key>${key}</key>`;
  const at = xml.indexOf(label, from);
  if (at < 0 || at > to) return null;
  const open = xml.indexOf(">", at + label.length);
  const close = xml.indexOf("<", open);
  const text = open < 0 || close < 0 ? "" : xml.slice(open + 1, close).trim();
  return text === "" ? null : text;
}
