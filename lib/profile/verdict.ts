import { planSteps, RESOLVING_RECORDS } from "../energy/mod.ts";
import { threeDigits } from "../quantities.ts";
import type { Energy, ProfilingRun } from "../record.ts";
import { cadenceOf } from "./resolve/mod.ts";

/** What a verdict looks at. */
export type Judged = Pick<
  ProfilingRun,
  "phases" | "tokens" | "groups" | "totals" | "power" | "trace" | "inside"
>;

/** A span of so many cadences holds three whole records wherever it begins. */
const RESOLVING_SPAN = RESOLVING_RECORDS + 1;

/** One line that says what can be concluded from a run and what cannot. */
export function verdictOf(run: Judged): string {
  const { totals, power } = run;
  if (totals.generatedTokens === 0) return "Nothing can be concluded: no token was generated.";
  if (totals.energyMj === null) {
    return "Times only: no power record covers the measured time, so no energy is known.";
  }
  const rails = power.totalRails.map((rail) => rail.toUpperCase()).join("+");
  const article =
    { measured: "", estimated: "an estimated ", simulated: "a simulated " }[power.kind];
  const meter = `${article}${rails} energy`;
  const clauses = [`${decodeClause(run)} of ${meter}`, tokensClause(run), ...loopsClauses(run)];
  return clauses.join("; ") + ".";
}

/** What the capture ratios of amplified components let one conclude; nothing where none were. */
function loopsClauses({ inside }: Judged): string[] {
  const phases = (inside?.amplified ?? []).filter(({ components }) => components.length > 0);
  if (phases.length === 0) return [];
  const said = phases.map(({ phase, capture, isComplete, isScaled }) => {
    if (capture === null) return `${phase} capture ratio not known, not scaled`;
    const ratio = `${phase} capture ratio ${capture.ratio.toFixed(2)}`;
    if (isScaled) return `${ratio}, scaled`;
    const reason = isComplete ? "outside of 0.8 to 1.2" : "needs --amplify all";
    return `${ratio}, not scaled: ${reason}`;
  });
  return [`components by loops: ${said.join("; ")}`];
}

function decodeClause({ phases, totals, tokens, trace, power }: Judged): string {
  const decode = phases.find(({ phase }) => phase === "decode");
  if (!decode || totals.joulesPerToken === null) return `Total ${spread(totals, 1000)} J`;
  const { mj, lowMj, highMj, resolved, method } = decode.energy;
  const { decodedTokens } = totals;
  const claim = `Decode ${spread({ energyMj: mj, lowMj, highMj }, 1000 * decodedTokens)} J/token`;
  if (resolved || method === "estimated") return claim;
  const cadenceMs = cadenceOf(trace.samples) ?? power.intervalMs;
  const stepMs = decode.durationMs / (tokens.length - 1);
  const needed = Math.ceil(RESOLVING_SPAN * cadenceMs / stepMs) + 1;
  return needed > tokens.length
    ? `${claim} (not resolved: needs an answer of ${needed} tokens)`
    : `${claim} (not resolved: needs a steadier machine, or --min-seconds)`;
}

function tokensClause(run: Judged): string {
  const { tokens, groups, power, trace } = run;
  const decoded = groups.filter(({ phase }) => phase === "decode");
  const steps = tokens.length - 1;
  if (decoded.length === 0) return "no token after the first";
  if (power.kind === "estimated") return "single tokens cannot be told apart by an estimate";
  const single = decoded.filter(({ firstIndex, lastIndex }) => firstIndex === lastIndex);
  const known = decoded.filter(({ energy }) => energy.resolved);
  const toldApart = single.filter(({ energy }) => energy.resolved).length;
  if (toldApart === steps) return `single tokens are told apart, ${medianHalf(known)}`;
  const isRepeated = decoded.some(({ energy }) => energy.method === "repeated");
  const { durationMs } = planSteps(tokens.map(({ startMs, endMs }) => endMs - startMs), {
    cadenceMs: cadenceOf(trace.samples) ?? power.intervalMs,
  });
  const seconds = Math.ceil(durationMs / 1000);
  if (isRepeated && single.length === steps) {
    if (toldApart === 0) {
      return `none of the ${steps} single tokens is sure enough to be told apart: ` +
        "needs a steadier machine";
    }
    return `${toldApart} of ${steps} tokens are told apart, ${medianHalf(known)}; ` +
      "the others are too unsure: needs a steadier machine";
  }
  if (decoded.some(({ energy }) => energy.method === "deconvolved")) {
    return `${toldApart} of ${steps} tokens are told apart by deconvolution, ` +
      `${medianHalf(decoded)}; needs --resolve tokens, about ${seconds} s, for the others`;
  }
  const together = decoded.length === 1
    ? `all ${steps} are known together`
    : `known in ${decoded.length} groups of up to ${longest(decoded)}`;
  if (isRepeated) {
    return `single tokens were not repeated one by one: ${together}, ${medianHalf(decoded)}; ` +
      `needs --resolve-seconds ${seconds}`;
  }
  return `single tokens are below resolution at a cadence of ${power.intervalMs} ms: ${together}; ` +
    `needs --resolve tokens, about ${seconds} s`;
}

function longest(groups: Judged["groups"]): number {
  return Math.max(...groups.map(({ firstIndex, lastIndex }) => lastIndex - firstIndex + 1));
}

/** How sure the middle one of some energies is. */
function medianHalf(groups: Judged["groups"]): string {
  const halves = groups.map(({ energy: { mj, lowMj, highMj } }) =>
    ((highMj ?? NaN) - (lowMj ?? NaN)) / 2 / Math.abs(mj ?? NaN)
  ).sort((a, b) => a - b);
  return `± ${percentOf(halves[halves.length >> 1] ?? NaN)} (median)`;
}

function spread(
  { energyMj, lowMj, highMj }: {
    energyMj: Energy["mj"];
    lowMj: number | null;
    highMj: number | null;
  },
  divisor: number,
): string {
  const value = (energyMj ?? 0) / divisor;
  const low = (lowMj ?? energyMj ?? 0) / divisor;
  const high = (highMj ?? energyMj ?? 0) / divisor;
  const relative = value > 0 ? (high - low) / 2 / value : 0;
  // Where it could be double or nothing, a percentage says less than its ends.
  if (relative >= 1) return `between ${twoDigits(low)} and ${twoDigits(high)}`;
  return `${relative >= 0.3 ? twoDigits(value) : threeDigits(value)} ± ${percentOf(relative)}`;
}

function percentOf(fraction: number): string {
  const percent = fraction * 100;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

function twoDigits(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return threeDigits(Number(value.toPrecision(2)));
  return value.toPrecision(2).replace("-", "−");
}
