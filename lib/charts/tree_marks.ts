/**
 * Boxes of the energy tree: their colours, their tooltips, what is written in them.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import { FAMILIES, familyName } from "./component_families.ts";
import { type EnergyNode, leavesOf } from "./energy_tree.ts";
import { HATCH } from "./hatch.ts";
import { textWidth } from "./labels.ts";
import { boxItem, hatchItem, type LegendItem } from "./legend.ts";
import { px } from "./svg_text.ts";
import { color, familyColor, onFamily, phaseShade } from "./theme.ts";
import { escapeHtml, visibleText } from "../safe_text.ts";

/** A place in px. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The fill of a node and of text on it. */
export function paintOf({ kind, family, phase }: EnergyNode): { fill: string; text: string } {
  if (family !== null) return { fill: familyColor(family), text: onFamily(family) };
  const shade = kind === "phase" ? phaseShade(phase ?? "") : "other";
  return { fill: color(`phase-${shade}`), text: color("ink") };
}

/** Nobody can point at less. */
const LEAST_POINTED_PX = 2;

/** A node's box, striped where it is not resolved although others are. */
export function nodeBox(
  node: EnergyNode,
  { x, y, width, height }: Box,
  isStriped: boolean,
): string {
  const place = `x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"`;
  const stripes = isStriped && !node.energy.resolved
    ? `<rect ${place} fill="${HATCH}" pointer-events="none"/>`
    : "";
  const inner = Math.min(width, height) < LEAST_POINTED_PX
    ? "/>"
    : `>${titleTag(node.tooltip)}</rect>`;
  return `<rect ${place} fill="${paintOf(node).fill}"${inner}${stripes}`;
}

/** As many of `lines` as a box has room for, from its top left corner. */
export function boxText(
  lines: readonly string[],
  box: Box,
  paint: { fill: string; text: string },
  bold = false,
): string {
  const size = 11;
  const [padX, padY] = [5, 3];
  const fitting = lines.filter((line) => textWidth(line, size) <= box.width - 2 * padX)
    .slice(0, Math.max(0, Math.floor((box.height - 2 * padY) / 14)));
  // What comes first is the name: without it the numbers say nothing.
  if (fitting[0] !== lines[0]) return "";
  return fitting.map((line, row) =>
    `<text x="${px(box.x + padX)}" y="${px(box.y + padY + 11 + row * 14)}" font-size="${size}" ` +
    `text-anchor="start" pointer-events="none" fill="${paint.text}" ` +
    // A rim of the box's own colour keeps stripes away from the letters.
    `stroke="${paint.fill}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"${
      row === 0 && bold ? ' font-weight="600"' : ""
    }>${escapeHtml(visibleText(line))}</text>`
  ).join("");
}

/** The families of a tree, and stripes where they are used. */
export function treeLegend(tree: EnergyNode, isStriped: boolean): LegendItem[] {
  const families = new Set(leavesOf(tree).map(({ family }) => family));
  return [
    ...FAMILIES.filter((family) => families.has(family))
      .map((family) => boxItem(familyName(family), familyColor(family))),
    ...(isStriped ? [hatchItem("not resolved", color("muted"))] : []),
  ];
}

/** Stripes tell parts apart; where no part is resolved, the caption says it better. */
export function isMixed(tree: EnergyNode): boolean {
  const inside = leavesOf(tree).filter(({ family }) => family !== null);
  return inside.some(({ energy }) => energy.resolved) &&
    inside.some(({ energy }) => !energy.resolved);
}
