/**
 * What each component of the model costs, all layers together.
 *
 * @module
 */
import type { InsidePart } from "../record.ts";
import { familyOf } from "./component_families.ts";
import { Figure } from "./figure.ts";
import {
  type ChartOptions,
  energyText,
  energyTitle,
  insideNotes,
  type InsideRun,
  noEnergy,
  notInside,
  twinNotes,
} from "./inside_notes.ts";
import { sumOf } from "./part_sums.ts";
import { checkedWidth } from "./width.ts";
import { formatInterval, formatMj, formatMs, threeDigits } from "../quantities.ts";
import { percent, tickMj, tickMs } from "./ticks.ts";
import { color, familyColor } from "./theme.ts";

/** How a breakdown by component is drawn. */
export interface ComponentBreakdownOptions extends ChartOptions {
  /** What the bars are; energy unless given. */
  metric?: "energy" | "time";
  /** Only this phase; both unless given. */
  phase?: "prefill" | "decode";
}

interface Row {
  component: string;
  parts: InsidePart[];
  value: number;
}

/**
 * Draws the energy or the time of each component, stacked by phase, the largest first.
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
 *   await charts.componentBreakdown(run).save("components.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function componentBreakdown(
  run: InsideRun,
  options: ComponentBreakdownOptions = {},
): Figure {
  const { metric = "energy", phase } = options;
  const width = checkedWidth(options.width);
  const during = phase === undefined ? "" : ` in ${phase}`;
  const title = options.title ??
    (metric === "energy"
      ? energyTitle(run, `by component${during}`)
      : `Time by component${during}`);
  if (run.inside === null) return notInside(title, width);
  const parts = run.inside.components.filter((part) => phase === undefined || part.phase === phase);
  if (metric === "energy" && parts.every(({ energyMj }) => energyMj === null)) {
    return noEnergy(title, width);
  }
  const valueOf = (part: InsidePart) => metric === "energy" ? part.energyMj ?? 0 : part.durationMs;
  const rows = [...Map.groupBy(parts, ({ component }) => component)]
    .map(([component, parts]): Row => ({
      component,
      parts,
      value: parts.reduce((sum, part) => sum + valueOf(part), 0),
    })).sort((a, b) => b.value - a.value);
  const total = rows.reduce((sum, { value }) => sum + value, 0);
  const format = metric === "energy" ? formatMj : formatMs;
  return new Figure({
    title,
    subtitle: `${run.power.label} · ${format(total)} in ${rows.length} components`,
    caption: [
      "Of one mean repetition, all layers together.",
      ...unsureRanks(run, phase),
      ...(metric === "energy" ? insideNotes(run, parts) : twinNotes(run)),
    ],
    alt: `${title}: ${
      rows.slice(0, 6).map(({ component, value }) =>
        `${component} ${format(value)}, ${percent(value, total)}`
      ).join("; ")
    }`,
    width,
    draw: async () => {
      const { drawBarRows } = await import("./bar_rows.ts");
      const { boxItem, hatchItem } = await import("./legend.ts");
      const phases = [...new Set(parts.map((part) => part.phase))];
      const legend = phases.map((name) => boxItem(name, color(`mark-${name}`)));
      if (metric === "energy" && parts.some(({ resolved }) => !resolved)) {
        legend.push(hatchItem("not resolved", color("muted")));
      }
      return drawBarRows(
        rows.map((row) => barRow(row, total, metric)),
        { width, legend, tick: metric === "energy" ? tickMj : tickMs },
      );
    },
  });
}

function barRow({ component, parts, value }: Row, total: number, metric: "energy" | "time") {
  const isEnergy = metric === "energy";
  const sum = sumOf(parts);
  const mj = { mj: sum.energyMj, lowMj: sum.lowMj, highMj: sum.highMj };
  const part = percent(value, total);
  let from = 0;
  return {
    label: component,
    dot: familyColor(familyOf(component)),
    segments: parts.flatMap((part) => {
      const own = isEnergy ? part.energyMj : part.durationMs;
      if (own === null) return [];
      const text = isEnergy ? energyText(part) : formatMs(part.durationMs);
      from += own;
      return [{
        from: from - own,
        to: from,
        paint: color(`mark-${part.phase}`),
        resolved: !isEnergy || part.resolved,
        tooltip: `${component} in ${part.phase}: ${text}\n${
          threeDigits(100 * part.share)
        } % of the phase's time`,
      }];
    }),
    low: isEnergy ? sum.lowMj : null,
    high: isEnergy ? sum.highMj : null,
    text: isEnergy ? `${formatInterval(mj)} · ${part}` : `${formatMs(value)} · ${part}`,
    shortText: isEnergy ? formatMj(value) : formatMs(value),
  };
}

/** Components whose order in time could be the other way. */
function unsureRanks({ inside }: InsideRun, phase: string | undefined): string[] {
  const pairs = (inside?.unsureRanks ?? []).filter((rank) =>
    phase === undefined || rank.phase === phase
  ).map(({ first, second }) => `${first} and ${second}`);
  if (pairs.length === 0) return [];
  const shown = [...new Set(pairs)];
  const more = shown.length > 3 ? `, and ${shown.length - 3} more pairs` : "";
  return [`Do not rank ${shown.slice(0, 3).join(", ")}${more}.`];
}
