import { wholeErrors } from "./alignment.ts";
import type { Trials } from "./experiment.ts";
import type { AccuracyRow } from "./result.ts";
import { quantile, shareOf } from "./statistics.ts";
import { TOKEN_TIMES } from "./tokens.ts";
import type { Trial } from "./trial.ts";

/** Something that was promised. */
export interface Goal {
  goal: string;
  reached: boolean;
  found: string;
}

/** Which goals are reached. */
export function goalsOf(trials: Trials, rows: readonly AccuracyRow[]): Goal[] {
  return [...alignmentGoals(trials, rows), ...energyGoals(trials.energies, rows)];
}

function alignmentGoals(
  { mixed, tenSeconds, drifting }: Trials,
  rows: readonly AccuracyRow[],
): Goal[] {
  const boundaries = mixed.reduce((sum, trial) => sum + trial.boundaries, 0);
  const inside = mixed.reduce((sum, trial) => sum + trial.inside, 0) / boundaries;
  const medianBoundMs = quantile(tenSeconds.map(({ boundMs }) => boundMs), 0.5);
  const worst = Math.max(...wholeErrors(mixed));
  const steps = drifting.reduce((sum, { clockSteps }) => sum + clockSteps, 0);
  const phase = (length: string) =>
    rows.find((row) => row.case === `${length}, latch calibrated` && row.cadenceMs === null)
      ?.medianError ?? NaN;
  const [three, ten] = [phase("≥ 3 records"), phase("≥ 10 records")];
  return [
    {
      goal: "true boundaries within the stated bound in at least 99 %",
      reached: inside >= 0.99,
      found: `${percent(inside)} of ${boundaries} in ${mixed.length} runs`,
    },
    {
      goal: "median bound of 10 s at 116–130 ms below 8 ms",
      reached: medianBoundMs < 8,
      found: `${medianBoundMs.toFixed(1)} ms in ${tenSeconds.length} runs`,
    },
    {
      goal: "energy of the whole records of a span of 10 s or more within 0.2 % of the truth",
      reached: worst <= 0.002,
      found: `at most ${percent(worst)}`,
    },
    {
      goal: "no false clock step in runs of 10 min with 5 ppm of drift",
      reached: steps === 0,
      found: `${steps} in ${drifting.length} runs`,
    },
    {
      goal: "phases of 3 records or more within 3 %, latch calibrated (median)",
      reached: three <= 0.03,
      found: percent(three),
    },
    {
      goal: "phases of 10 records or more within 1 %, latch calibrated (median)",
      reached: ten <= 0.01,
      found: percent(ten),
    },
  ];
}

/** What was promised of tokens, and of intervals. */
function energyGoals(trials: readonly Trial[], rows: readonly AccuracyRow[]): Goal[] {
  const medianOf = (method: string, tokenMs: number) =>
    rows.find((row) =>
      row.method === method && row.tokenMs === tokenMs && row.case === "all" &&
      row.cadenceMs === null
    )?.medianError ?? NaN;
  const tokens = TOKEN_TIMES.filter((tokenMs) => tokenMs >= 5 && tokenMs <= 20).map((tokenMs) => {
    const found = medianOf("repeated", tokenMs);
    const most = tokenMs < 20 ? 0.03 : 0.02;
    return {
      goal: `tokens of ${tokenMs} ms by step repetition within ${100 * most} % (median)`,
      reached: found <= most,
      found: `${percent(found)}; by time share ${percent(medianOf("shared", tokenMs))}`,
    };
  });
  const hard = trials.filter(({ interval, isInside }) => interval === "hard" && isInside !== null);
  const held = share(hard);
  return [
    ...tokens,
    notWorse(trials),
    ...METHODS_OF_INTERVALS.flatMap((method) => coverageGoals(method, trials)),
    {
      goal: "hard limits hold the truth in at least 99 %",
      reached: held >= 0.99,
      found: `${percent(held)} of ${hard.length}`,
    },
  ];
}

/** What is taken at face value, or by the ways of others, has promised nothing. */
const METHODS_OF_INTERVALS = ["integrated", "by batches", "repeated", "deconvolved", "amplified"];

function coverageGoals(method: string, trials: readonly Trial[]): Goal[] {
  const resolved = trials.filter((one) =>
    one.method === method && one.resolved && one.interval === "ci95" && one.isInside !== null
  );
  const far = quantile(resolved.map(({ deviation }) => deviation), 0.9);
  const top = resolved.filter(({ deviation }) => deviation >= far);
  const [all, apart] = [share(resolved), share(top)];
  const held = {
    goal: `resolved intervals (ci95), ${method}, hold the truth in 93 to 97 %`,
    reached: all >= 0.93 && all <= 0.97,
    found: `${percent(all)} of ${resolved.length}`,
  };
  // Runs in batches are all alike: none is furthest.
  if (far === 0) return [held];
  return [held, {
    goal: `the same in the decile furthest from the mean, ${method}, at least 90 %`,
    reached: apart >= 0.9,
    found: `${percent(apart)} of ${top.length}`,
  }];
}

function share(some: readonly Trial[]): number {
  return shareOf(some, ({ isInside }) => isInside === true);
}

/** Of the answers that deconvolution tells apart, each beside its own time share. */
function notWorse(trials: readonly Trial[]): Goal {
  const tokens = trials.filter(({ what }) => what === "token");
  const told = new Set(
    tokens.flatMap(({ method, answer }) => method === "deconvolved" ? [answer] : []),
  );
  const medianOf = (method: string) =>
    quantile(
      tokens.flatMap((one) => one.method === method && told.has(one.answer) ? one.error ?? [] : []),
      0.5,
    );
  const [apart, shared] = [medianOf("deconvolved"), medianOf("shared")];
  return {
    goal: "deconvolution, where it tells tokens apart, is not worse than time share (median)",
    reached: told.size === 0 || apart <= shared,
    found: `${percent(apart)} against ${percent(shared)} in the same ${told.size} answers`,
  };
}

/** A fraction in per cent, three digits of it; a dash for none. */
export function percent(fraction: number | null): string {
  if (fraction === null || Number.isNaN(fraction)) return "–";
  const digits = fraction >= 1 ? 0 : fraction >= 0.1 ? 1 : fraction >= 0.01 ? 2 : 3;
  // 99.96 % is not 100 %.
  return `${(100 * fraction).toFixed(fraction > 0.99 && fraction < 1 ? 2 : digits)} %`;
}
