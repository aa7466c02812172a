import type { Finding } from "../record.ts";
import type { Repetition } from "./messages.ts";
import type { PowerEvidence } from "./evidence.ts";
import type { Window } from "./baseline.ts";

/** Idle power may differ by this much before and after (design, section 5.4). */
const DRIFT = 0.1;
/** Thirds of the repetitions may differ by this much. */
const STEADY = 0.02;
/** Fewer whole records than this give a phase more than about 1 % of error. */
const ENOUGH_RECORDS = 10;

/** All that a run finds about its own conditions. */
export function findingsOf(
  power: PowerEvidence,
  repetitions: readonly Repetition[],
  sampling: readonly Finding[],
): Finding[] {
  const window = windowOf(repetitions);
  return [
    ...estimated(power),
    ...sampling,
    ...tooShort(power, window),
    ...drifted(power),
    ...notSteady(repetitions),
  ];
}

/** From the start of the first repetition to the end of the last. */
export function windowOf(repetitions: readonly Repetition[]): Window | null {
  const startMs = repetitions[0]?.startMs;
  const endMs = repetitions.at(-1)?.endMs;
  return startMs === undefined || endMs === undefined ? null : { startMs, endMs };
}

function estimated({ info }: PowerEvidence): Finding[] {
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
