import type { Deconvolution, StepPower, StepScale } from "../../energy/mod.ts";
import type { Finding } from "../../record.ts";
import type { StepCheck } from "./steps.ts";

/** Repeated steps may add up to this much more or less than the plain run before it is said aloud. */
const SCALE = 0.05;
/** A repeated step may take this much more or less time than in the plain run. */
const TIME = 0.1;

/** What the repetition of steps found about itself. */
export function resolveFindings(
  check: StepCheck | null,
  scale: StepScale | null,
  powers: readonly StepPower[],
  stepsMs: readonly number[],
): Finding[] {
  return [...differing(check), ...scaled(scale), ...timed(powers, stepsMs)];
}

/** Whether repetitions of the whole answer told tokens apart; nothing where that was not asked. */
export function deconvolvedFindings(told: Deconvolution | null): Finding[] {
  if (told === null) return [];
  const { method, agreement } = told;
  const common = { kind: "agreement", value: agreement ?? 0, unit: "rank correlation" } as const;
  if (method === "deconvolved") {
    return [{
      ...common,
      severity: "info",
      message: "halves of the repetitions agree on what tokens draw " +
        `(rank correlation ${agreement?.toFixed(2)}): their energies are deconvolved`,
      remedy: "none needed; --resolve tokens tells more, in more time",
    }];
  }
  return [{
    ...common,
    severity: "warning",
    message: agreement === null
      ? "too few repetitions, tokens or records to tell tokens apart by them"
      : "the repetitions show no difference between tokens but that of their time " +
        `(rank correlation of their halves ${agreement.toFixed(2)})`,
    remedy: "measure longer (--min-seconds), or use --resolve tokens",
  }];
}

function differing(check: StepCheck | null): Finding[] {
  if (!check || check.differing === 0) return [];
  return [{
    kind: "steps-differ",
    severity: "warning",
    value: check.differing,
    unit: "passes",
    message:
      `${check.differing} of ${check.checked} repeated passes chose another token than the ` +
      `plain run, the first at token ${check.firstDiffering}`,
    remedy: "repeat with --threads 1: sums in another order can tip a choice that is nearly even",
  }];
}

function scaled(scale: StepScale | null): Finding[] {
  if (scale === null) return [];
  const { mean, low, high } = scale.ratio;
  const percent = (ratio: number) => (100 * ratio).toFixed(1);
  const isFar = Math.abs(mean - 1) > SCALE && (low > 1 + SCALE || high < 1 - SCALE);
  return [{
    kind: "step-scale",
    severity: isFar ? "warning" : "info",
    value: mean,
    unit: "ratio",
    message:
      `the plain run drew ${percent(mean)} % (${percent(low)} to ${percent(high)} %) of what ` +
      "its repeated steps add up to; they are scaled by that",
    remedy: isFar
      ? "let the machine warm up longer, or cool down: it worked otherwise when it repeated"
      : "none needed: intervals of single tokens cover it",
  }];
}

function timed(powers: readonly StepPower[], stepsMs: readonly number[]): Finding[] {
  let [cleanMs, repeatedMs] = [0, 0];
  for (const { firstIndex, lastIndex, cycleMs } of powers) {
    if (firstIndex === 0) continue;
    repeatedMs += cycleMs;
    cleanMs += stepsMs.slice(firstIndex, lastIndex + 1).reduce((sum, ms) => sum + ms, 0);
  }
  const percent = 100 * (repeatedMs / cleanMs - 1);
  if (!(Math.abs(percent) > 100 * TIME)) return [];
  return [{
    kind: "steps-differ",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `repeated steps took ${Math.abs(percent).toFixed(0)} % ` +
      `${percent > 0 ? "longer" : "less time"} than in the plain run`,
    remedy: "their power is used with the plain run's time; close other programs and run again",
  }];
}
