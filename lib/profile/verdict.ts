import type { Energy, ProfilingRun } from "../record.ts";

/** What a verdict looks at. */
export type Judged = Pick<ProfilingRun, "phases" | "tokens" | "groups" | "totals" | "power">;

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
  return [`${decodeClause(run)} of ${meter}`, tokensClause(run)].join("; ") + ".";
}

function decodeClause({ phases, totals }: Judged): string {
  const decode = phases.find(({ phase }) => phase === "decode");
  if (!decode || totals.joulesPerToken === null) return `Total ${spread(totals, 1000)} J`;
  const { mj, lowMj, highMj, resolved, method } = decode.energy;
  const steps = totals.generatedTokens - 1;
  const claim = `Decode ${spread({ energyMj: mj, lowMj, highMj }, 1000 * steps)} J/token`;
  return resolved || method === "estimated" ? claim : `${claim} (not resolved)`;
}

function tokensClause({ tokens, groups, power }: Judged): string {
  const decoded = groups.filter(({ phase }) => phase === "decode");
  const longest = decoded.reduce(
    (most, group) => Math.max(most, group.lastIndex - group.firstIndex + 1),
    0,
  );
  if (decoded.length === 0) return "no token after the first";
  if (longest === 1) return "single tokens are told apart";
  const steps = tokens.length - 1;
  const cadence = `at a cadence of ${power.intervalMs} ms`;
  if (decoded.length === 1) {
    return `single tokens are below resolution ${cadence}: all ${steps} are known together`;
  }
  return `single tokens are below resolution ${cadence}: known in ${decoded.length} groups ` +
    `of up to ${longest}`;
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
  const digits = relative >= 0.3 ? 2 : 3;
  const percent = relative * 100;
  return `${Number(value.toPrecision(digits))} ± ${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
