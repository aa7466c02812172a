import type { Finding, PowerSample, Rail } from "../record.ts";
import { RAILS } from "../record.ts";
import { checkRail } from "./check_rails.ts";
import type { PowerRecord, StreamLoss } from "./source.ts";

/** What else is known about the samples. */
export interface CheckOptions {
  /** The records behind the samples, in the same order. */
  records?: readonly Pick<PowerRecord, "thermalPressure" | "gpuActivity">[];
  /** The cadence asked for, in ms. */
  askedMs?: number;
  /** What could not be read. */
  losses?: readonly StreamLoss[];
  /** Mean time that reading one record took on the sampler's thread, in ms. */
  parseMs?: number;
}

// Recorded: 103-129 ms for 100 asked on a machine in use, 171-419 in background jobs.
const SLOW_MEDIAN = 1.35;
const SLOW_P99 = 2.5;
const LONGEST = 10;
const GAP_SHARE = 0.05;
const LEAST_GAP_MS = 2;
const PARSE_SHARE = 0.02;

/**
 * Says what is wrong with power samples: their cadence, gaps, lost records, rails that are missing,
 * stuck or published in batches, thermal pressure. Nothing wrong, no findings.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkSampling } from "@tokenwatt/tokenwatt";
 *
 * const sample = (startMs: number) => ({ startMs, endMs: startMs + 100, energyMj: { cpu: 9 } });
 * const [finding] = checkSampling([sample(0), sample(100), sample(250)]);
 * assert(finding?.kind === "gap" && finding.value === 50);
 * ```
 */
export function checkSampling(
  samples: readonly PowerSample[],
  options: CheckOptions = {},
): Finding[] {
  const rails = RAILS.filter((rail) => samples.some(({ energyMj }) => rail in energyMj));
  return [
    ...checkCadence(samples, options.askedMs),
    ...checkGaps(samples),
    ...checkLosses(samples, options.losses ?? []),
    ...rails.flatMap((rail: Rail) => checkRail(rail, samples, options.records)),
    ...checkThermal(samples, options.records ?? []),
    ...checkParsing(options),
  ];
}

function checkCadence(samples: readonly PowerSample[], askedMs: number | undefined): Finding[] {
  if (askedMs === undefined || samples.length < 3) return [];
  const lengths = lengthsMs(samples);
  const median = quantile(lengths, 0.5);
  const p99 = quantile(lengths, 0.99);
  const longest = lengths.at(-1)!;
  const isEven = p99 <= SLOW_P99 * askedMs && longest <= LONGEST * askedMs;
  if (median <= SLOW_MEDIAN * askedMs && isEven) return [];
  return [{
    kind: "cadence",
    severity: "warning",
    value: median,
    unit: "ms",
    message:
      `Power records cover ${median.toFixed(0)} ms (median; p99 ${p99.toFixed(0)}, most ${
        longest.toFixed(0)
      } ms), ` +
      `where ${askedMs} ms were asked for`,
    remedy: "run in a terminal of the logged-in user rather than in a background job",
  }];
}

function checkGaps(samples: readonly PowerSample[]): Finding[] {
  const leastMs = Math.max(LEAST_GAP_MS, GAP_SHARE * quantile(lengthsMs(samples), 0.5));
  const findings: Finding[] = [];
  for (let i = 1; i < samples.length; i++) {
    const startMs = samples[i - 1]!.endMs;
    const endMs = samples[i]!.startMs;
    if (!(endMs - startMs > leastMs)) continue;
    findings.push({
      kind: "gap",
      severity: "warning",
      startMs,
      endMs,
      value: endMs - startMs,
      unit: "ms",
      message: `No power record covers ${(endMs - startMs).toFixed(0)} ms`,
      remedy: "run again; energy of this stretch is not measured",
    });
  }
  return findings;
}

function checkLosses(samples: readonly PowerSample[], losses: readonly StreamLoss[]): Finding[] {
  if (losses.length === 0) return [];
  const reasons = [...new Set(losses.map(({ reason }) => reason))].join(", ");
  return [{
    kind: "lost-records",
    severity: "warning",
    value: losses.length,
    unit: "records",
    message: `${losses.length} of ${samples.length + losses.length} power records could not be ` +
      `read (${reasons})`,
    remedy: "run again; if it happens again, report it with the raw records of the run",
  }];
}

function checkThermal(
  samples: readonly PowerSample[],
  records: readonly Pick<PowerRecord, "thermalPressure">[],
): Finding[] {
  const pressed = records.flatMap(({ thermalPressure }, i) =>
    thermalPressure === null || thermalPressure === "Nominal" ? [] : [{ i, thermalPressure }]
  );
  const first = pressed[0];
  if (first === undefined) return [];
  const levels = [...new Set(pressed.map(({ thermalPressure }) => thermalPressure))].join(", ");
  const share = 100 * pressed.length / records.length;
  const startMs = samples[first.i]?.startMs;
  const endMs = samples[pressed.at(-1)!.i]?.endMs;
  return [{
    kind: "thermal-pressure",
    severity: "warning",
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    value: share,
    unit: "%",
    message: `Thermal pressure (${levels}) in ${share.toFixed(0)} % of the power records`,
    remedy: "let the machine cool down and run again; it may have lowered its clocks",
  }];
}

function checkParsing({ parseMs, askedMs }: CheckOptions): Finding[] {
  if (parseMs === undefined || askedMs === undefined) return [];
  if (parseMs <= PARSE_SHARE * askedMs) return [];
  return [{
    kind: "parse-time",
    severity: "warning",
    value: parseMs,
    unit: "ms",
    message: `Reading a power record takes ${parseMs.toFixed(1)} ms of every ${askedMs} ms`,
    remedy: "sample less often (--interval-ms 200)",
  }];
}

function lengthsMs(samples: readonly PowerSample[]): number[] {
  return samples.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
