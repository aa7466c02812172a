/**
 * Which part of the machine drew the energy, phase by phase.
 *
 * @module
 */
import { type Energy, type Interval, type ProfilingRun, type Rail, RAILS } from "../record.ts";
import { Figure } from "./figure.ts";
import { type ChartOptions, energyTitle, intervalNote, noEnergy } from "./inside_notes.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";
import { formatInterval, formatMj, NOT_MEASURED, phaseName, railName } from "../quantities.ts";
import { railSums } from "./rail_sums.ts";
import { tickMj } from "./ticks.ts";
import { railColor } from "./theme.ts";

/** What a breakdown by rail shows of a run. */
export type RailBreakdownRun = Pick<ProfilingRun, "phases" | "power" | "totals">;

interface Row {
  name: string;
  whole: Pick<Energy, "mj" | "lowMj" | "highMj" | "resolved">;
  byRail: { rail: Rail; energy: Interval }[];
}

/**
 * Draws the energy of each phase and of the whole repetition, stacked by rail.
 *
 * Rails that are a part of others, or were not measured, are named in the caption and not stacked.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.railBreakdown(run).save("rails.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function railBreakdown(run: RailBreakdownRun, options: ChartOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? energyTitle(run, "by rail");
  if (run.phases.every(({ energy }) => energy.mj === null)) return noEnergy(title, width);
  const sums = railSums(run, RAILS.filter((rail) => run.power.totalRails.includes(rail)));
  const stacked = [...sums].flatMap(([rail, energy]) => energy === null ? [] : [{ rail, energy }]);
  const rows = rowsOf(run, stacked);
  return new Figure({
    title,
    subtitle: `${run.power.label} · ${formatMj(run.totals.energyMj)} per repetition`,
    caption: caption(run, stacked.map(({ rail }) => rail)),
    alt: `${title}: ${
      rows.map(({ name, whole, byRail }) =>
        `${name} ${formatMj(whole.mj)}` + byRail.map(({ rail, energy }) =>
          `, ${railName(rail)} ${formatMj(energy.mj)}`
        ).join("")
      ).join("; ")
    }`,
    width,
    draw: async () => {
      const { drawBarRows } = await import("./bar_rows.ts");
      const { boxItem } = await import("./legend.ts");
      const legend = stacked.map(({ rail, energy }) =>
        boxItem(`${railName(rail)} ${formatInterval(energy)}`, railColor(rail))
      );
      return drawBarRows(rows.map(barRow), { width, legend, tick: tickMj });
    },
  });
}

function rowsOf(run: RailBreakdownRun, stacked: Row["byRail"]): Row[] {
  const { energyMj: mj, lowMj, highMj } = run.totals;
  const whole: Row = {
    name: "whole repetition",
    whole: { mj, lowMj, highMj, resolved: true },
    byRail: stacked,
  };
  const phases = run.phases.filter(({ energy }) => energy.mj !== null).map((
    { phase, energy },
  ): Row => ({
    name: phaseName(phase),
    whole: energy,
    byRail: stacked.flatMap(({ rail }) => {
      const own = energy.byRail[rail];
      return own ? [{ rail, energy: own }] : [];
    }),
  }));
  return [whole, ...phases];
}

function barRow({ name, whole, byRail }: Row, at: number) {
  let from = 0;
  const segments = byRail.map(({ rail, energy }) => {
    const mj = energy.mj ?? 0;
    from += mj;
    return {
      from: from - mj,
      to: from,
      paint: railColor(rail),
      resolved: whole.resolved,
      tooltip: `${railName(rail)}, ${name}: ${formatInterval(energy)}`,
    };
  });
  return {
    label: name,
    segments,
    low: whole.lowMj,
    high: whole.highMj,
    text: formatInterval(whole),
    shortText: formatMj(whole.mj),
    isStrong: at === 0,
    isApart: at === 1,
  };
}

function caption(run: RailBreakdownRun, stacked: readonly Rail[]): string[] {
  const beside = RAILS.flatMap((rail) => {
    if (!run.power.rails.includes(rail) || stacked.includes(rail)) return [];
    const own = railSums(run, [rail]).get(rail) ?? null;
    return [`${railName(rail)} ${own === null ? NOT_MEASURED : formatMj(own.mj)}`];
  });
  const isHatched = run.phases.some(({ energy }) => energy.mj !== null && !energy.resolved);
  return [
    ...kindNote(run.power),
    "Of one mean repetition.",
    ...(beside.length > 0 ? [`Not in the total: ${beside.join(", ")}.`] : []),
    ...(isHatched ? ["Hatched phases are not resolved."] : []),
    intervalNote(run.phases.map(({ energy }) => energy), run.power.kind === "estimated"),
  ];
}
