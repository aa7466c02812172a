/**
 * The picture of a flow.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import type { Drawing } from "./figure.ts";
import { type FlowColumn, layOutFlow, type PlacedNode, type Ribbon } from "./flow_layout.ts";
import { textWidth } from "./labels.ts";
import { px, svgText } from "./svg_text.ts";
import { formatMj } from "../quantities.ts";

const NODE = 11;
const SIZE = 11;

/** Draws columns of nodes with ribbons between them, `width` px wide. */
export function drawFlow(columns: readonly FlowColumn[], width: number): Drawing {
  const { nodes, ribbons, height } = layOutFlow(columns, Math.min(300, Math.max(200, width * 0.4)));
  const last = columns.at(-1)?.nodes ?? [];
  const isShort = width < 560;
  const detail = (node: { detail: string }) =>
    isShort ? node.detail.replace(/ \(.*$/, "") : node.detail;
  const right = NODE + 8 +
    Math.max(
      ...last.flatMap((node) => [textWidth(node.name, SIZE), textWidth(detail(node), SIZE)]),
    );
  const step = (width - right) / Math.max(1, columns.length - 1);
  const xOf = (column: number) => column * step;
  const top = 6;
  const drawn = ribbons.map((ribbon) => ribbonSvg(ribbon, xOf, top));
  const boxes = nodes.map((node) =>
    `<rect x="${px(xOf(node.column))}" y="${px(top + node.y)}" width="${NODE}" height="${
      px(Math.max(1, node.height))
    }" fill="${node.paint}">${titleTag(node.tooltip)}</rect>`
  );
  const labels = nodes.map((node) =>
    labelSvg(node, detail(node), xOf(node.column) + NODE + 6, top)
  );
  return { svg: drawn.join("") + boxes.join("") + labels.join(""), height: height + top + 8 };
}

function labelSvg(node: PlacedNode, detail: string, x: number, top: number): string {
  const middle = top + node.y + node.height / 2;
  return svgText(x, middle - 2, node.name, { fill: "ink", weight: 600, size: SIZE, halo: true }) +
    svgText(x, middle + 12, detail, { size: SIZE, halo: true, fill: "ink" });
}

function ribbonSvg(ribbon: Ribbon, xOf: (column: number) => number, top: number): string {
  const { source, target, sourceY, targetY, thickness, value, paint } = ribbon;
  const [x0, x1] = [xOf(source.column) + NODE, xOf(target.column)];
  const middle = (x0 + x1) / 2;
  const [y0, y1] = [top + sourceY + thickness / 2, top + targetY + thickness / 2];
  return `<path d="M${px(x0)},${px(y0)}C${px(middle)},${px(y0)} ${px(middle)},${px(y1)} ${px(x1)},${
    px(y1)
  }" fill="none" stroke="${paint}" stroke-opacity="0.38" stroke-width="${
    px(Math.max(0.5, thickness))
  }">${titleTag(`${source.name} → ${target.name}: ${formatMj(value)}`)}</path>`;
}
