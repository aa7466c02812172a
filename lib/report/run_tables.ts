/**
 * The numbers behind the charts of a whole run.
 *
 * @module
 */
import { efficiency, type Estimate } from "../analysis/mod.ts";
import { phaseName, railName } from "../quantities.ts";
import type { Energy, ProfilingRun } from "../record.ts";
import { leastBy } from "../sample.ts";
import { cell, type DataTable } from "./data_table.ts";

/** An energy in three columns. */
export const ENERGY_COLUMNS = ["energy, mJ", "from", "to", "how sure"];

/** The cells for {@linkcode ENERGY_COLUMNS}. */
export function energyCells(
  energy: Pick<Energy, "mj" | "lowMj" | "highMj" | "interval" | "method" | "resolved">,
): string[] {
  return [cell(energy.mj), cell(energy.lowMj), cell(energy.highMj), howSure(energy)];
}

/** How an energy was got, and whether it is known on its own. */
export function howSure(
  { mj, interval, method, resolved }: Pick<Energy, "mj" | "interval" | "method" | "resolved">,
): string {
  if (mj === null) return "not measured";
  const ends = interval === "ci95" ? "95 %" : interval === "hard" ? "hard limits" : "no interval";
  return `${method ?? "method not known"}, ${ends}${resolved ? "" : ", not resolved"}`;
}

/** Phases as they happened, then the records. */
export function timelineTables({ trace, power }: ProfilingRun): DataTable[] {
  const originMs = leastBy([...trace.samples, ...trace.phases], ({ startMs }) => startMs);
  const rails = power.rails;
  return [{
    caption: "Phases as they happened",
    columns: ["phase", "repetition", "start, ms", "duration, ms", "energy, mJ"],
    rows: trace.phases.map(({ name, repetition, startMs, endMs, energyMj }) => [
      phaseName(name),
      repetition === null ? "" : String(repetition),
      cell(startMs - originMs),
      cell(endMs - startMs),
      cell(energyMj),
    ]),
  }, {
    caption: "Power records, mean power in mW",
    columns: ["start, ms", "duration, ms", ...rails.map(railName)],
    rows: trace.samples.map(({ startMs, endMs, energyMj }) => [
      cell(startMs - originMs),
      cell(endMs - startMs),
      ...rails.map((rail) => {
        const mj = energyMj[rail] ?? null;
        return mj === null ? "" : cell(mj / (endMs - startMs) * 1e3);
      }),
    ]),
  }];
}

/** Sections of the mean repetition. */
export function sectionTable({ sections }: ProfilingRun): DataTable {
  return {
    caption: "Sections of one mean repetition",
    columns: ["section", "phase", "duration, ms", ...ENERGY_COLUMNS],
    rows: sections.map(({ name, phase, durationMs, energy }) => [
      name.replaceAll("_", " "),
      phaseName(phase),
      cell(durationMs),
      ...energyCells(energy),
    ]),
  };
}

/** What each repetition cost. */
export function repetitionTable({ trace }: ProfilingRun): DataTable {
  const decode = trace.phases.filter(({ name, repetition }) =>
    name === "decode" && repetition !== null
  );
  return {
    caption: "Decode phases of the repetitions",
    columns: ["repetition", "duration, ms", "energy, mJ"],
    rows: decode.map(({ repetition, startMs, endMs, energyMj }) => [
      String(repetition),
      cell(endMs - startMs),
      cell(energyMj),
    ]),
  };
}

/** Tokens, each with the energy of the group that it is known in. */
export function tokenTable({ tokens, groups }: ProfilingRun): DataTable {
  return {
    caption: "Tokens; those of one group are known together only",
    columns: ["token", "text", "phase", "duration, ms", "group", ...ENERGY_COLUMNS],
    rows: tokens.map((token) => {
      const group = groups[token.group];
      const { index, text, phase, startMs, endMs, energyMj: mj } = token;
      const name = group === undefined ? "" : `${group.firstIndex}–${group.lastIndex}`;
      return [
        `${index}`,
        text,
        phase,
        cell(endMs - startMs),
        name,
        ...energyCells({ ...token, mj }),
      ];
    }),
  };
}

/** Groups of tokens. */
export function groupTable({ groups }: ProfilingRun): DataTable {
  return {
    caption: "Tokens that are known together",
    columns: ["tokens", "phase", "duration, ms", "mJ per token", ...ENERGY_COLUMNS],
    rows: groups.map(({ firstIndex, lastIndex, phase, durationMs, energy }) => [
      firstIndex === lastIndex ? `${firstIndex}` : `${firstIndex}–${lastIndex}`,
      phase,
      cell(durationMs),
      energy.mj === null ? "" : cell(energy.mj / (lastIndex - firstIndex + 1)),
      ...energyCells(energy),
    ]),
  };
}

/** Phases and their rails. */
export function railTable({ phases, power }: ProfilingRun): DataTable {
  return {
    caption: "Phases of one mean repetition by rail, in mJ",
    columns: ["phase", "duration, ms", ...ENERGY_COLUMNS, ...power.rails.map(railName)],
    rows: phases.map(({ phase, durationMs, energy }) => [
      phaseName(phase),
      cell(durationMs),
      ...energyCells(energy),
      ...power.rails.map((rail) => cell(energy.byRail[rail]?.mj)),
    ]),
  };
}

/** The figures of the efficiency card. */
export function efficiencyTable(run: ProfilingRun): DataTable {
  const figures = efficiency(run);
  const rows: [string, string, Estimate | null][] = [
    ["energy per generated token", "J", figures.joulesPerOutputToken],
    ["energy per prompt token", "J", figures.joulesPerInputToken],
    ["generated tokens per joule", "1/J", figures.tokensPerJoule],
    ["energy × delay", "J·s", figures.energyDelayJs.run],
    ["energy per token and million weights", "mJ", figures.mjPerMillionParametersAndToken],
    ...figures.peakPowers.map(({ rail, powerMw }): [string, string, Estimate | null] => [
      `peak power, ${rail === "total" ? "total" : railName(rail)}`,
      "mW",
      powerMw,
    ]),
  ];
  return {
    caption: "Efficiency of one mean repetition",
    columns: ["figure", "unit", "value", "from", "to", "how sure"],
    rows: rows.map(([name, unit, estimate]) => [
      name,
      unit,
      cell(estimate?.value),
      cell(estimate?.low),
      cell(estimate?.high),
      estimate === null ? "not measured" : estimate.resolved ? "resolved" : "not resolved",
    ]),
  };
}
