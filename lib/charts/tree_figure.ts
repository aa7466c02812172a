/**
 * What figures of the energy tree share: their words.
 *
 * @module
 */
import {
  type EnergyNode,
  energyTree,
  leavesOf,
  type TreeOrder,
  type TreeRun,
} from "./energy_tree.ts";
import { Figure } from "./figure.ts";
import type { Drawing } from "./figure.ts";
import { type ChartOptions, energyTitle, insideNotes, noEnergy } from "./inside_notes.ts";
import { checkedWidth } from "./width.ts";
import { percent } from "./ticks.ts";
import { formatMj } from "../quantities.ts";

/** How a tree is turned into a figure. */
export interface TreeFigure {
  rest: string;
  order: TreeOrder;
  /** Says how to read it. */
  notes: readonly string[];
  draw(tree: EnergyNode, width: number): Promise<Drawing>;
}

/** The figure of a run's tree, or of why there is none. */
export function treeFigure(run: TreeRun, options: ChartOptions, how: TreeFigure): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? energyTitle(run, how.rest);
  const tree = energyTree(run, how.order);
  if (tree === null) return noEnergy(title, width);
  const total = tree.energy.energyMj ?? 0;
  const parts = run.inside?.parts ?? [];
  const largest = leavesOf(tree).toSorted((a, b) => mjOf(b) - mjOf(a)).slice(0, 5);
  return new Figure({
    title,
    subtitle: `${run.power.label} · ${formatMj(total)} in one mean repetition`,
    caption: [
      ...how.notes,
      ...(run.inside === null ? ["Not looked into: phases only (--depth component)."] : []),
      ...insideNotes(run, parts, run.phases.map(({ energy }) => energy)),
    ],
    alt: `${title}: ${
      tree.children.map((phase) => `${phase.name} ${percent(mjOf(phase), total)}`).join(", ")
    }; largest: ${
      largest.map((leaf) =>
        `${leaf.name}${leaf.phase === null ? "" : ` in ${leaf.phase}`} ${formatMj(mjOf(leaf))}`
      ).join(", ")
    }`,
    width,
    draw: () => how.draw(tree, width),
  });
}

/** A node's energy as a size. */
export function mjOf(node: EnergyNode): number {
  return Math.max(0, node.energy.energyMj ?? 0);
}
