/**
 * A run as a tree of energies: what contains what, to be drawn by area or by width.
 *
 * @module
 */
import type { InsidePart, PartEnergy, PhaseEnergy, ProfilingRun } from "../record.ts";
import { byFamily, sumOf, type TimedEnergy } from "./part_sums.ts";
import { type ComponentFamily, familyName, familyOf } from "./component_families.ts";
import { energyText, type InsideRun } from "./inside_notes.ts";
import { formatMs, phaseName } from "../quantities.ts";

/** What a tree is made from. */
export type TreeRun = InsideRun & Pick<ProfilingRun, "phases">;

/** A node and what it holds; the children of a node add up to it. */
export interface EnergyNode {
  kind: "run" | "phase" | "family" | "layer" | "outside" | "component" | "operation";
  name: string;
  /** The phase that it is in, as the record names it; `null` for the run. */
  phase: string | null;
  /** For components and operations. */
  family: ComponentFamily | null;
  energy: TimedEnergy;
  tooltip: string;
  children: EnergyNode[];
}

/** What stands below a phase. */
export type TreeOrder = "component" | "layer";

/** The run as a tree; `null` where its energy was not measured. Phases of unknown energy are left out. */
export function energyTree(run: TreeRun, order: TreeOrder): EnergyNode | null {
  const { energyMj, lowMj, highMj, durationMs } = run.totals;
  const phases = run.phases.filter(({ energy }) => energy.mj !== null);
  if (energyMj === null || phases.length === 0) return null;
  const whole = { energyMj, lowMj, highMj, durationMs };
  const sure = { interval: phases[0]?.energy.interval ?? null, method: null, resolved: true };
  const energy: TimedEnergy = { ...whole, ...sure };
  return {
    kind: "run",
    name: "run",
    phase: null,
    family: null,
    energy,
    tooltip: `one mean repetition: ${formatMs(durationMs)}`,
    children: phases.map((phase) => phaseNode(run, phase, order)),
  };
}

function phaseNode({ inside }: TreeRun, phase: PhaseEnergy, order: TreeOrder): EnergyNode {
  const { mj: energyMj, lowMj, highMj, interval, method, resolved } = phase.energy;
  const energy: TimedEnergy = {
    durationMs: phase.durationMs,
    energyMj,
    lowMj,
    highMj,
    interval,
    method,
    resolved,
  };
  const own = <T extends { phase: string } & PartEnergy>(parts: readonly T[]) =>
    parts.filter((part) => part.phase === phase.phase && part.energyMj !== null);
  const node = (parts: Pick<EnergyNode, "kind" | "name" | "energy" | "children">) =>
    nodeOf({ phase: phase.phase, family: null, ...parts });
  const children = inside === null
    ? []
    : order === "component"
    ? byFamily(own(inside.components)).map((family) =>
      node({
        kind: "family",
        name: familyName(family.family),
        energy: family,
        children: family.parts.map((part) => componentNode(part, [])),
      })
    )
    : layerNodes(own(inside.parts), own(inside.layers), own(inside.operations), node);
  return node({ kind: "phase", name: phaseName(phase.phase), energy, children });
}

function layerNodes(
  parts: readonly InsidePart[],
  layers: readonly InsidePart[],
  operations: readonly (PartEnergy & Operation)[],
  node: (parts: Pick<EnergyNode, "kind" | "name" | "energy" | "children">) => EnergyNode,
): EnergyNode[] {
  const inPart = Map.groupBy(operations, ({ layer, component }) => `${layer} ${component}`);
  const component = (part: InsidePart) =>
    componentNode(part, inPart.get(`${part.layer} ${part.component}`) ?? []);
  // A layer's own limits are closer than the sums of its components' ones.
  const known = new Map(layers.map((layer) => [layer.layer, layer]));
  return [...Map.groupBy(parts, ({ layer }) => layer)]
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
    .flatMap(([layer, own]) =>
      layer === null
        ? [node({
          kind: "outside",
          name: "outside layers",
          energy: sumOf(own),
          children: own.map(component),
        })]
        : [node({
          kind: "layer",
          name: `layer ${layer}`,
          energy: known.get(layer) ?? sumOf(own),
          children: own.map(component),
        })]
    );
}

interface Operation {
  layer: number | null;
  component: string;
  operation: string;
  opType: string;
  durationMs: number;
}

function componentNode(
  part: InsidePart,
  operations: readonly (PartEnergy & Operation)[],
): EnergyNode {
  const { phase, component } = part;
  const family = familyOf(component);
  const where = part.layer === null ? "" : `layer ${part.layer}, `;
  return nodeOf({
    kind: "component",
    name: component,
    phase,
    family,
    energy: part,
    children: operations.map((operation) =>
      nodeOf({
        kind: "operation",
        name: operation.opType,
        phase,
        family,
        energy: operation,
        children: [],
      }, `${where}${component}: ${operation.operation}`)
    ),
  }, `${where}${component}`);
}

function nodeOf(node: Omit<EnergyNode, "tooltip">, name = node.name): EnergyNode {
  const { phase, energy } = node;
  const during = phase === null || node.kind === "phase" ? "" : ` in ${phaseName(phase)}`;
  const tooltip = `${name}${during}: ${formatMs(energy.durationMs)}\n${energyText(energy)}`;
  return { ...node, tooltip };
}

/** The energies of all leaves, for captions. */
export function leavesOf(node: EnergyNode): EnergyNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf);
}
