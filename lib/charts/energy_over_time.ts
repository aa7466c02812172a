/**
 * Energy per token over time: the repetitions of a run, or many runs.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { formatMj, NOT_MEASURED } from "../quantities.ts";
import type { ProfilingRun, RunTotals } from "../record.ts";
import { visibleText } from "../safe_text.ts";
import { type EnergyPoint, pointEnds, repetitionPoints, runPoints } from "./energy_points.ts";
import { domainNote } from "./axis_domain.ts";
import { Figure } from "./figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";

/** What the chart shows of a run; what a `ProfileDatabase` lists is enough, without intervals. */
export interface EnergyOverTimeRun extends Pick<ProfilingRun, "runId" | "model" | "power"> {
  /** `null` for a run without a result, which is left out. */
  totals: RunTotals | null;
  /** Where the interval of the decode phase stands. */
  phases?: ProfilingRun["phases"];
  /** When it started, in ms since 1970; else its trace tells. */
  startedAtMs?: number;
  /** Its repetitions. */
  trace?: ProfilingRun["trace"];
}

/** How energy over time is drawn. */
export interface EnergyOverTimeOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
}

/**
 * Draws the energy per decoded token over time: of each repetition for one run, of each run with
 * its interval for several.
 *
 * @throws {InputError} If the width is no width, or a run of several does not say when it was.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, type RunListing } from "@tokenwatt/tokenwatt";
 *
 * async function draw(runs: RunListing[]): Promise<void> {
 *   await charts.energyOverTime(runs).save("history.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function energyOverTime(
  runs: EnergyOverTimeRun | readonly EnergyOverTimeRun[],
  options: EnergyOverTimeOptions = {},
): Figure {
  const width = checkedWidth(options.width);
  const several = isList(runs);
  const list = several ? runs : [runs];
  const points = several ? runPoints(list.map(dated)) : repetitionPoints(runs);
  const known = points.filter(({ mj }) => mj !== null);
  const of = several ? "run by run" : "repetition by repetition";
  const title = options.title ?? `Energy per token, ${of}`;
  const subtitle = subtitleOf(list, points, several);
  return new Figure({
    title,
    subtitle,
    caption: captionOf(list, points, several),
    alt: visibleText(`${title}: ${subtitle}`),
    width,
    draw: async () => {
      const { drawEnergyOverTime } = await import("./energy_over_time_plot.ts");
      return drawEnergyOverTime(known, { width, several });
    },
  });
}

function isList<T>(runs: T | readonly T[]): runs is readonly T[] {
  return Array.isArray(runs);
}

function dated(run: EnergyOverTimeRun): EnergyOverTimeRun & { startedAtMs: number } {
  const startedAtMs = run.startedAtMs ?? run.trace?.phases[0]?.startMs;
  if (startedAtMs !== undefined) return { ...run, startedAtMs };
  throw new InputError(`Cannot place run ${visibleText(run.runId)} in time: it says no start`, {
    remedy: "pass runs of a ProfileDatabase, or give startedAtMs",
  });
}

function subtitleOf(
  runs: readonly EnergyOverTimeRun[],
  points: readonly EnergyPoint[],
  several: boolean,
): string {
  const known = points.filter(({ mj }) => mj !== null).map(({ mj }) => mj ?? 0);
  const names = [...new Set(runs.map(({ model }) => `${model.name} ${model.precision}`))];
  const labels = [...new Set(runs.map(({ power }) => power.label))];
  const noun = several ? "run" : "repetition";
  const parts = [
    names.length > 2 ? `${names.length} models` : names.join(" and "),
    labels.length > 2 ? `${labels.length} power sources` : labels.join(" and "),
    `${points.length} ${noun}${points.length === 1 ? "" : "s"}`,
  ];
  if (known.length > 1) {
    parts.push(`${formatMj(Math.min(...known))} to ${formatMj(Math.max(...known))} per token`);
  }
  return parts.join(" · ");
}

function captionOf(
  runs: readonly EnergyOverTimeRun[],
  points: readonly EnergyPoint[],
  several: boolean,
): string[] {
  const notes = several
    ? [...new Set(runs.flatMap(({ power }) => kindNote(power)))].map((note) =>
      runs.every(({ power }) => power.kind !== "measured") ? note : `Hollow points: ${note}`
    )
    : kindNote(runs[0]!.power);
  const known = points.filter(({ mj }) => mj !== null);
  if (known.length === 0) return [...notes, `The energy per token was ${NOT_MEASURED}.`];
  const absent = points.length - known.length;
  if (absent > 0) {
    notes.push(
      `${absent} of ${points.length} ${
        several ? "runs" : "repetitions"
      } ${NOT_MEASURED}: not drawn.`,
    );
  }
  if (!several) {
    return [
      ...notes,
      "Decode only. A repetition shorter than a few power records borrows from its neighbours, so " +
      "steps between two of them may be the meter's; a slope over many is heat, clocks or other work.",
      "Line: their median.",
      ...domainNote(pointEnds(known)),
    ];
  }
  if (new Set(runs.map(({ power }) => power.label)).size > 1) {
    notes.push("The runs were measured on different rails: their heights do not compare.");
  }
  const bare = known.filter(({ lowMj, highMj }) => lowMj === null || highMj === null).length;
  if (bare > 0) notes.push(`${bare} of ${known.length} runs came without their interval.`);
  if (known.some(({ resolved }) => !resolved)) notes.push("Hollow: not resolved.");
  return [
    ...notes,
    "Decode only. Whiskers are 95 % intervals, or hard limits, without the meter's own error: runs " +
    "whose whiskers overlap may well be alike; compareRuns() tells.",
    ...domainNote(pointEnds(known)),
  ];
}
