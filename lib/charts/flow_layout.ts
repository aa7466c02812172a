/**
 * Where the nodes and ribbons of a flow go. Every column holds the same energy and keeps its order,
 * so stacking is all that there is to lay out.
 *
 * @module
 */

/** A node, and the shares that come into it from the column before. */
export interface FlowNode {
  id: string;
  name: string;
  value: number;
  /** The second line of its label. */
  detail: string;
  paint: string;
  tooltip: string;
  from: readonly { id: string; value: number; paint: string }[];
}

/** Nodes that stand one under the other. */
export interface FlowColumn {
  nodes: readonly FlowNode[];
}

/** A node in its place. */
export interface PlacedNode extends FlowNode {
  column: number;
  y: number;
  height: number;
}

/** A ribbon between two nodes, by its upper edge on both sides. */
export interface Ribbon {
  source: PlacedNode;
  target: PlacedNode;
  sourceY: number;
  targetY: number;
  thickness: number;
  value: number;
  paint: string;
}

/** Every node gets at least this, so that its label does not meet the next one's. */
const LEAST_SLOT = 31;
const GAP = 6;

/** Places everything; `pxPerTotal` is the height of all the energy. */
export function layOutFlow(
  columns: readonly FlowColumn[],
  pxPerTotal: number,
): { nodes: PlacedNode[]; ribbons: Ribbon[]; height: number } {
  const total = (columns[0]?.nodes ?? []).reduce((sum, { value }) => sum + value, 0);
  const scale = total > 0 ? pxPerTotal / total : 0;
  const slots = columns.map(({ nodes }) =>
    nodes.map(({ value }) => Math.max(LEAST_SLOT, value * scale) + GAP)
  );
  const heights = slots.map((column) => column.reduce((sum, slot) => sum + slot, 0));
  const height = Math.max(...heights) - GAP;
  const nodes = columns.flatMap(({ nodes }, column) => {
    let top = (height + GAP - (heights[column] ?? 0)) / 2;
    return nodes.map((node, at): PlacedNode => {
      const slot = slots[column]?.[at] ?? 0;
      const tall = node.value * scale;
      const y = top + (slot - GAP - tall) / 2;
      top += slot;
      return { ...node, column, y, height: tall };
    });
  });
  const used = new Map<PlacedNode, number>();
  const ribbons = nodes.flatMap((target) => {
    let targetY = target.y;
    return target.from.flatMap(({ id, value, paint }): Ribbon[] => {
      const source = nodes.find((node) => node.column === target.column - 1 && node.id === id);
      if (source === undefined) return [];
      const thickness = value * scale;
      const sourceY = used.get(source) ?? source.y;
      used.set(source, sourceY + thickness);
      targetY += thickness;
      return [{ source, target, sourceY, targetY: targetY - thickness, thickness, value, paint }];
    });
  });
  return { nodes, ribbons, height };
}
