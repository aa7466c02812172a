/**
 * Where the energy flows: from the source over its rails into phases and what they ran.
 *
 * @module
 */
import { familyName } from "./component_families.ts";
import { Figure } from "./figure.ts";
import type { FlowColumn, FlowNode } from "./flow_layout.ts";
import {
  type ChartOptions,
  energyText,
  energyTitle,
  insideNotes,
  type InsideRun,
  noEnergy,
} from "./inside_notes.ts";
import { byFamily } from "./part_sums.ts";
import { railSums } from "./rail_sums.ts";
import { checkedWidth } from "./width.ts";
import { percent } from "./ticks.ts";
import { color, familyColor, phaseShade, railColor } from "./theme.ts";
import { formatInterval, formatMj, NOT_MEASURED, phaseName, railName } from "../quantities.ts";
import { type Energy, type PhaseEnergy, type ProfilingRun, RAILS } from "../record.ts";

/** What a Sankey diagram shows of a run. */
export type SankeyRun = InsideRun & Pick<ProfilingRun, "phases">;

/**
 * Draws the flow of energy: source → rails → phases → families of components.
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
 *   await charts.sankey(run).save("flow.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function sankey(run: SankeyRun, options: ChartOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ??
    energyTitle(run, `from rails to ${run.inside === null ? "phases" : "components"}`);
  const phases = run.phases.filter(({ energy }) => (energy.mj ?? 0) > 0);
  if (run.totals.energyMj === null || phases.length === 0) return noEnergy(title, width);
  const columns = flowColumns(run, phases);
  const total = run.totals.energyMj;
  const absent = run.power.rails.filter((rail) => run.power.totalRails.includes(rail))
    .filter((rail) => phases.some(({ energy }) => (energy.byRail[rail]?.mj ?? null) === null));
  return new Figure({
    title,
    subtitle: `${run.power.label} · ${formatMj(total)} in one mean repetition`,
    caption: [
      "Widths are energies.",
      ...absent.map((rail) => `${railName(rail)} ${NOT_MEASURED}.`),
      ...(run.inside === null
        ? ["Not looked into: phases only (--depth component)."]
        : ["Rails of single components are not known: each family has its share of its phase."]),
      ...insideNotes(run, run.inside?.parts ?? [], phases.map(({ energy }) => energy)),
    ],
    alt: `${title}: ${
      columns.slice(1).map(({ nodes }) =>
        nodes.map((node) => `${node.name} ${percent(node.value, total)}`).join(", ")
      ).join("; ")
    }`,
    width,
    draw: async () => {
      const { drawFlow } = await import("./flow_plot.ts");
      return drawFlow(columns, width);
    },
  });
}

function flowColumns(run: SankeyRun, phases: readonly PhaseEnergy[]): FlowColumn[] {
  const source: FlowNode = {
    id: "source",
    name: run.power.source,
    value: phases.reduce((sum, { energy }) => sum + (energy.mj ?? 0), 0),
    detail: formatMj(run.totals.energyMj),
    paint: color("muted"),
    tooltip: `${run.power.label}: ${formatInterval({ ...run.totals, mj: run.totals.energyMj })}`,
    from: [],
  };
  const rails = railNodes(run, phases);
  const phaseNodes = phases.map(({ phase, energy }): FlowNode => ({
    id: phase,
    name: phaseName(phase),
    value: energy.mj ?? 0,
    detail: formatInterval(energy),
    paint: color(`mark-${phaseShade(phase)}`),
    tooltip: `${phaseName(phase)}: ${formatInterval(energy)}`,
    from: rails.length === 0
      ? [{ id: "source", value: energy.mj ?? 0, paint: color("faint") }]
      : rails.flatMap(({ id, paint }) => {
        const value = energy.byRail[id as keyof Energy["byRail"]]?.mj ?? 0;
        return value > 0 ? [{ id, value, paint }] : [];
      }),
  }));
  const families = familyNodes(run, phases);
  return [[source], rails, phaseNodes, families].filter((nodes) => nodes.length > 0)
    .map((nodes) => ({ nodes }));
}

/** The rails of the total, if they are known in every phase: else the flow would not add up. */
function railNodes(run: SankeyRun, phases: readonly PhaseEnergy[]): FlowNode[] {
  const sums = railSums(
    { ...run, phases: [...phases] },
    RAILS.filter((rail) => run.power.totalRails.includes(rail)),
  );
  const nodes = [...sums].flatMap(([rail, energy]): FlowNode[] => {
    const mj = energy?.mj ?? 0;
    if (energy === null || mj <= 0) return [];
    const detail = formatInterval(energy);
    return [{
      id: rail,
      name: railName(rail),
      value: mj,
      detail,
      paint: railColor(rail),
      tooltip: `${railName(rail)}: ${detail}`,
      from: [{ id: "source", value: mj, paint: railColor(rail) }],
    }];
  });
  const total = phases.reduce((sum, { energy }) => sum + (energy.mj ?? 0), 0);
  const sum = nodes.reduce((sum, { value }) => sum + value, 0);
  return Math.abs(sum - total) <= 0.005 * total ? nodes : [];
}

function familyNodes({ inside }: SankeyRun, phases: readonly PhaseEnergy[]): FlowNode[] {
  const known = new Set<string>(phases.map(({ phase }) => phase));
  const parts = (inside?.components ?? []).filter(({ phase, energyMj }) =>
    known.has(phase) && energyMj !== null
  );
  return byFamily(parts).map((sum): FlowNode => {
    const { family, parts, energyMj: mj, lowMj, highMj } = sum;
    const paint = familyColor(family);
    return {
      id: family,
      name: familyName(family),
      value: mj ?? 0,
      detail: formatInterval({ mj, lowMj, highMj }),
      paint,
      tooltip: `${familyName(family)}: ${energyText(sum)}\n${
        [...new Set(parts.map(({ component }) => component))].join(", ")
      }`,
      from: [...Map.groupBy(parts, ({ phase }) => phase)].map(([id, own]) => ({
        id,
        value: own.reduce((total, part) => total + (part.energyMj ?? 0), 0),
        paint,
      })),
    };
  });
}
