/**
 * The picture of the whole tree.
 *
 * @module
 */
import { hierarchy, partition } from "./d3.ts";
import type { EnergyNode } from "./energy_tree.ts";
import type { Drawing } from "./figure.ts";
import { HATCH_DEFS } from "./hatch.ts";
import { legendRows } from "./legend.ts";
import { svgText } from "./svg_text.ts";
import { percent } from "./ticks.ts";
import { mjOf } from "./tree_figure.ts";
import { boxText, isMixed, nodeBox, paintOf, treeLegend } from "./tree_marks.ts";
import { formatInterval } from "../quantities.ts";
import { color } from "./theme.ts";

const ROW = 50;
const LEFT = 74;
/** Narrower boxes cannot be seen, and there can be a hundred thousand. */
const LEAST_PX = 0.5;
/** No name fits into less. */
const LEAST_TEXT_PX = 16;
const ROW_NAMES = ["run", "phase", "layer", "component", "operation"];

/** Draws the tree as rows, `width` px wide. */
export function drawIcicle(tree: EnergyNode, width: number): Drawing {
  const striped = isMixed(tree);
  const legend = legendRows(treeLegend(tree, striped), width);
  const top = legend.height + 14;
  const root = hierarchy(tree, ({ children }) => children)
    .sum((node) => node.children.length === 0 ? mjOf(node) : 0);
  const rows = root.height + 1;
  const placed = partition<EnergyNode>().size([width - LEFT, rows * ROW])(root);
  const total = mjOf(tree);
  const isSparse = new Set<number>();
  const boxes = placed.descendants().map((node) => {
    const { data, depth } = node;
    const wide = node.x1 - node.x0;
    if (wide < LEAST_PX) {
      isSparse.add(depth);
      return "";
    }
    const gap = wide > 3 ? 0.75 : wide > 1 ? 0.3 : 0;
    const box = { x: LEFT + node.x0, y: top + depth * ROW, width: wide - gap, height: ROW - 1 };
    if (wide < LEAST_TEXT_PX) return nodeBox(data, box, striped && wide > 3);
    const { energyMj: mj, lowMj, highMj } = data.energy;
    const lines = [
      data.name.replace("layer ", wide < 60 ? "" : "layer "),
      percent(mj ?? 0, total),
      formatInterval({ mj, lowMj, highMj }),
    ];
    return nodeBox(data, box, striped) +
      boxText(lines, box, paintOf(data), depth < 2);
  });
  const names = ROW_NAMES.slice(0, rows).map((name, depth) =>
    svgText(0, top + depth * ROW + ROW / 2 + 4, name, { fill: "ink", weight: 600 })
  );
  // What is too narrow for a box of its own still takes its width.
  const grounds = [...isSparse].map((depth) =>
    placed.descendants().filter((node) => node.depth === depth - 1 && node.children).map((node) =>
      `<rect x="${(LEFT + node.x0).toFixed(1)}" y="${top + depth * ROW}" width="${
        (node.x1 - node.x0).toFixed(1)
      }" height="${ROW - 1}" fill="${color("faint")}"/>`
    ).join("")
  );
  return {
    svg: HATCH_DEFS + legend.svg + grounds.join("") + boxes.join("") + names.join(""),
    height: top + rows * ROW,
  };
}
