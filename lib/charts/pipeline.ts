/**
 * What a repetition did, one section after the other.
 *
 * @module
 */
import type { ProfilingRun, SectionEnergy } from "../record.ts";
import { Figure } from "./figure.ts";
import { type ChartOptions, intervalNote } from "./inside_notes.ts";
import { messageFigure } from "./message_figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";
import { formatInterval, formatMj, formatMs, phaseName } from "../quantities.ts";
import { tickMs } from "./ticks.ts";
import { color, phaseShade } from "./theme.ts";

/** What a pipeline shows of a run. */
export type PipelineRun = Pick<ProfilingRun, "phases" | "sections" | "power" | "totals">;

/**
 * Draws the sections of the mean repetition over time, under the phases that they belong to.
 *
 * A section that comes back, as the forward pass of each token does, is drawn from its first start
 * to its last end, as thick as the share of that time that it ran: areas are times.
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
 *   await charts.pipeline(run).save("pipeline.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function pipeline(run: PipelineRun, options: ChartOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? "Pipeline of one mean repetition";
  if (run.phases.length === 0) {
    return messageFigure({
      title,
      reason: "The run has no phases: nothing of it was measured to its end",
      remedy: "Profile again, and let at least one repetition end",
      width,
    });
  }
  const longest = run.sections.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, 5);
  return new Figure({
    title,
    subtitle: `${run.power.label} · ${formatMs(run.totals.durationMs)} · ${
      formatMj(run.totals.energyMj)
    }`,
    caption: caption(run),
    alt: `${title}: ${
      longest.map(({ phase, name, durationMs, energy }) =>
        `${phaseName(phase)} ${name} ${formatMs(durationMs)}, ${formatMj(energy.mj)}`
      ).join("; ")
    }`,
    width,
    draw: async () => {
      const { drawBarRows } = await import("./bar_rows.ts");
      const { hatchItem } = await import("./legend.ts");
      const isHatched = [...run.phases, ...run.sections].some(isUnresolved);
      const rows = run.phases.flatMap((phase, at) => [
        { ...barRow({ ...phase, name: phaseName(phase.phase) }), isStrong: true, isApart: at > 0 },
        ...run.sections.filter((section) => section.phase === phase.phase)
          .map((section) => ({ ...barRow(section), label: `   ${section.name}` })),
      ]);
      const legend = isHatched ? [hatchItem("energy not resolved", color("muted"))] : [];
      return drawBarRows(rows, { width, legend, tick: tickMs });
    },
  });
}

function isUnresolved({ energy }: Pick<SectionEnergy, "energy">): boolean {
  return energy.mj !== null && !energy.resolved;
}

function barRow(section: SectionEnergy) {
  const { phase, name, startMs, endMs, durationMs, energy } = section;
  const extentMs = endMs - startMs;
  const sure = energy.method === null
    ? ""
    : `\n${energy.method}${energy.resolved ? "" : ", not resolved"}`;
  return {
    label: name,
    segments: [{
      from: startMs,
      to: endMs,
      fill: extentMs > 0 ? Math.min(1, durationMs / extentMs) : 1,
      paint: color(`mark-${phaseShade(phase)}`),
      resolved: !isUnresolved(section),
      tooltip: `${phaseName(phase)}, ${name}: ${formatMs(durationMs)} between ${
        formatMs(startMs)
      } and ${formatMs(endMs)}\n${formatInterval(energy)}${sure}`,
    }],
    low: null,
    high: null,
    text: `${formatMs(durationMs)} · ${formatInterval(energy)}`,
    shortText: `${formatMs(durationMs)} · ${formatMj(energy.mj)}`,
  };
}

function caption(run: PipelineRun): string[] {
  const energies = [...run.phases, ...run.sections].map(({ energy }) => energy);
  const known = energies.filter(({ mj }) => mj !== null);
  return [
    ...kindNote(run.power),
    "Areas are times: what comes back again and again is thinner than its stretch.",
    ...(run.sections.length === 0 ? ["Sections inside the phases were not timed."] : []),
    ...(known.length === 0
      ? ["Energy was not measured."]
      : [intervalNote(known, run.power.kind === "estimated")]),
  ];
}
