import { energyOver } from "../energy/mod.ts";
import type { Finding } from "../record.ts";
import type { Repetition } from "./messages.ts";
import type { PowerEvidence } from "./evidence.ts";
import type { Window } from "./baseline.ts";

/** Idle power may differ by this much before and after (design, section 5.4). */
const DRIFT = 0.1;
/** Sampling itself may draw this much of the idle power. */
const OBSERVER = 0.05;
/** Thirds of the repetitions may differ by this much. */
const STEADY = 0.02;
/** Fewer whole records than this give a phase more than about 1 % of error. */
const ENOUGH_RECORDS = 10;

/** All that a run finds about its own conditions. */
export function findingsOf(
  power: PowerEvidence,
  repetitions: readonly Repetition[],
  sampling: readonly Finding[],
  observerMw: number | null,
): Finding[] {
  const window = windowOf(repetitions);
  return [
    ...estimated(power),
    ...sampling,
    ...tooShort(power, window),
    ...drifted(power),
    ...notSteady(repetitions),
    ...notSteadyPower(power, repetitions),
    ...observed(power, observerMw),
  ];
}

/** From the start of the first repetition to the end of the last. */
export function windowOf(repetitions: readonly Repetition[]): Window | null {
  const startMs = repetitions[0]?.startMs;
  const endMs = repetitions.at(-1)?.endMs;
  return startMs === undefined || endMs === undefined ? null : { startMs, endMs };
}

/** That energy is no measurement, where it is none. */
export function estimated({ info }: Pick<PowerEvidence, "info">): Finding[] {
  if (info.kind !== "estimated") return [];
  const percent = (info.statedError ?? 0) * 100;
  return [{
    kind: "estimated",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `energy is an estimate, not a measurement (± ${percent} %): ${info.label}`,
    remedy: "run on a Mac with the sudo rule for powermetrics; docs/powermetrics.md says how",
  }];
}

function tooShort({ samples }: PowerEvidence, window: Window | null): Finding[] {
  if (!window) return [];
  const whole = samples.filter(({ startMs, endMs }) =>
    startMs >= window.startMs && endMs <= window.endMs
  );
  if (whole.length >= ENOUGH_RECORDS) return [];
  return [{
    kind: "too-short",
    severity: "warning",
    value: whole.length,
    unit: "records",
    message: `only ${whole.length} power records lie in the measured time`,
    remedy: `measure longer (--min-seconds) or more often (--interval-ms), for ${ENOUGH_RECORDS}`,
  }];
}

function drifted({ baseline }: PowerEvidence): Finding[] {
  const { drift } = baseline;
  if (drift === null || Math.abs(drift) <= DRIFT) return [];
  const percent = drift * 100;
  return [{
    kind: "baseline-drift",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `idle power after the run differs by ${percent.toFixed(0)} % from before`,
    remedy: "close other programs, let the machine cool down, and run again",
  }];
}

function notSteady(repetitions: readonly Repetition[]): Finding[] {
  const third = Math.floor(repetitions.length / 3);
  if (third === 0) return [];
  const meanMs = (part: readonly Repetition[]) =>
    part.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / part.length;
  const change = meanMs(repetitions.slice(-third)) / meanMs(repetitions.slice(0, third)) - 1;
  if (Math.abs(change) <= STEADY) return [];
  const percent = change * 100;
  return [{
    kind: "not-steady",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `the last third of the repetitions took ${Math.abs(percent).toFixed(1)} % ` +
      `${percent > 0 ? "longer" : "less time"} than the first`,
    remedy: "warm up longer, or close what else is running",
  }];
}

/** Power of the last third against the first, where the records tell the two apart. */
function notSteadyPower(power: PowerEvidence, repetitions: readonly Repetition[]): Finding[] {
  const third = Math.floor(repetitions.length / 3);
  const first = meanPower(power, windowOf(repetitions.slice(0, third)));
  const last = meanPower(power, third === 0 ? null : windowOf(repetitions.slice(-third)));
  if (first === null || last === null) return [];
  const percent = 100 * (last.mw / first.mw - 1);
  const isApart = last.lowMw > first.highMw || last.highMw < first.lowMw;
  if (!isApart || Math.abs(percent) <= 100 * STEADY) return [];
  return [{
    kind: "not-steady",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `the last third of the repetitions drew ${Math.abs(percent).toFixed(1)} % ` +
      `${percent > 0 ? "more" : "less"} power than the first`,
    remedy: "warm up longer, let the machine cool down, or close what else is running",
  }];
}

function meanPower(
  { samples, info, boundMs, latchMs, batchedRails }: PowerEvidence,
  window: Window | null,
): { mw: number; lowMw: number; highMw: number } | null {
  if (window === null || boundMs === null) return null;
  const options = { totalRails: info.totalRails, clockBoundMs: boundMs, latchMs, batchedRails };
  const { mj, lowMj, highMj, resolved } = energyOver(
    samples,
    window.startMs,
    window.endMs,
    options,
  );
  if (!resolved || mj === null || lowMj === null || highMj === null || mj <= 0) return null;
  const perSecond = 1000 / (window.endMs - window.startMs);
  return { mw: mj * perSecond, lowMw: lowMj * perSecond, highMw: highMj * perSecond };
}

function observed({ baseline }: PowerEvidence, observerMw: number | null): Finding[] {
  const { idleMw } = baseline;
  if (observerMw === null || idleMw === null || observerMw <= OBSERVER * idleMw) return [];
  return [{
    kind: "observer",
    severity: "info",
    value: observerMw,
    unit: "mW",
    message: `sampling itself draws ${observerMw.toFixed(0)} mW, ` +
      `${(100 * observerMw / idleMw).toFixed(0)} % of the idle power`,
    remedy: "none needed for net energy, which leaves it out; or sample less often (--interval-ms)",
  }];
}
