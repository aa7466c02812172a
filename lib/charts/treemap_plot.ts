/**
 * The picture of a treemap.
 *
 * @module
 */
import { hierarchy, treemap, treemapSquarify } from "./d3.ts";
import type { EnergyNode } from "./energy_tree.ts";
import type { Drawing } from "./figure.ts";
import { HATCH_DEFS } from "./hatch.ts";
import { legendRows } from "./legend.ts";
import { percent } from "./ticks.ts";
import { mjOf } from "./tree_figure.ts";
import { boxText, isMixed, nodeBox, paintOf, treeLegend } from "./tree_marks.ts";
import { formatInterval } from "../quantities.ts";

const HEADER = 20;
/** No name fits into less. */
const LEAST_TEXT_PX = 16;

/** Draws the tree as nested areas, `width` px wide. */
export function drawTreemap(tree: EnergyNode, width: number): Drawing {
  const striped = isMixed(tree);
  const legend = legendRows(treeLegend(tree, striped), width);
  const top = legend.height + 14;
  const height = Math.round(Math.min(520, Math.max(300, width * 0.58)));
  const root = hierarchy(tree, ({ children }) => children)
    .sum((node) => node.children.length === 0 ? mjOf(node) : 0)
    // Layers keep their order; all else is easiest to see by size.
    .sort((a, b) =>
      [a, b].some(({ data }) => data.kind === "layer") ? 0 : (b.value ?? 0) - (a.value ?? 0)
    );
  const placed = treemap<EnergyNode>().tile(treemapSquarify.ratio(1.3)).size([width, height])
    .paddingInner((node) => node.depth === 0 ? 4 : node.depth === 1 ? 3 : 0.75)
    .paddingTop((node) => node.data.kind === "phase" && node.height > 0 ? HEADER : 0)(root);
  const total = mjOf(tree);
  const boxes = placed.descendants().filter(({ data }) => data.kind !== "run").map((node) => {
    const box = {
      x: node.x0,
      y: top + node.y0,
      width: node.x1 - node.x0,
      height: node.y1 - node.y0,
    };
    const { data } = node;
    // An area that no screen can show costs bytes and says nothing.
    if (box.width < 0.3 || box.height < 0.3) return "";
    if (data.kind !== "phase" && data.children.length > 0) return "";
    if (box.width < LEAST_TEXT_PX) return nodeBox(data, box, striped);
    const { energyMj: mj, lowMj, highMj } = data.energy;
    const interval = formatInterval({ mj, lowMj, highMj });
    const share = percent(mj ?? 0, total);
    const paint = paintOf(data);
    if (data.kind === "phase") {
      const header = { ...box, height: Math.min(HEADER, box.height) };
      const line = `${data.name}  ${interval} · ${share}`;
      const said = boxText([line], header, paint, true) ||
        boxText([`${data.name}  ${share}`], header, paint, true);
      return nodeBox(data, box, false) + said;
    }
    return nodeBox(data, box, striped) + boxText([data.name, share, interval], box, paint, true);
  });
  return { svg: HATCH_DEFS + legend.svg + boxes.join(""), height: top + height };
}
