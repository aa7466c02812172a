/**
 * Amplified components in the place of those that share by time, so that all still adds up.
 *
 * @module
 */
import type { AmplifiedPhase, InsideOperation, InsidePart, RunInside } from "../../record.ts";
import type { PhaseEnergies } from "./energies.ts";

/** What a loop leaves out: choosing the token, and what is around the runtime. */
export const AROUND: readonly string[] = ["sampling", "gaps"];

/**
 * Puts what loops told into the tables of a run. A phase's components add up to it as before: what
 * the loops hold more or less than the shares by time is taken from `other`. Layers and operations
 * divide what their component cost by time; tokens, and the rows of a database, stay as they are.
 */
export function withAmplified(
  inside: RunInside,
  phases: readonly PhaseEnergies[],
  isComplete: boolean,
): RunInside {
  const told = phases.filter(({ parts }) => parts.some(({ energy }) => energy.mj !== null));
  if (told.length === 0) return inside;
  const components = told.reduce(
    (rows, phase) => replaced(rows, phase),
    inside.components,
  );
  const parts = inside.parts.map((part) => {
    const before = inside.parts.filter((one) => isOf(one, part));
    const after = components.find((row) => isOf(row, part));
    return after === undefined ? part : dealt(part, after, before);
  });
  // What was left over may be a component of its own.
  const added = components.filter((row) => !inside.parts.some((part) => isOf(part, row)));
  parts.push(...added);
  return {
    ...inside,
    components,
    parts,
    layers: inside.layers.map((row) => summed(row, parts)),
    operations: inside.operations.map((operation) => {
      const of = (rows: readonly InsidePart[]) =>
        rows.find((row) => isOf(row, operation))?.energyMj ?? 0;
      const before = of(inside.components);
      return before === 0 ? operation : stretched(operation, of(components) / before);
    }),
    amplified: told.map((phase): AmplifiedPhase => ({
      phase: phase.phase,
      components: phase.parts.map(({ component }) => component),
      isComplete,
      capture: phase.capture,
      isScaled: phase.isScaled,
    })),
    notes: [
      ...inside.notes,
      "Energies of components are those of their loops; tokens and layers divide them by time",
    ],
  };
}

function isOf(
  part: { phase: string; component: string },
  { phase, component }: { phase: string; component: string },
): boolean {
  return part.phase === phase && part.component === component;
}

/** What a component cost, dealt to one of its layers as shares by time are to each other. */
function dealt(part: InsidePart, { energyMj, lowMj, highMj }: InsidePart, own: InsidePart[]) {
  if (energyMj === null) return part;
  const before = sumOf(own);
  if (before !== 0) return stretched(part, energyMj / before);
  return part === own[0] ? { ...part, energyMj, lowMj, highMj } : part;
}

function replaced(rows: readonly InsidePart[], phase: PhaseEnergies): InsidePart[] {
  const own = rows.filter((row) => row.phase === phase.phase);
  const wholeMj = sumOf(own);
  const changed = own.map((row): InsidePart => {
    const part = phase.parts.find(({ component }) => component === row.component);
    if (part !== undefined && part.energy.mj !== null) {
      const { mj: energyMj, lowMj, highMj, interval, method, resolved } = part.energy;
      return { ...row, energyMj, lowMj, highMj, interval, method, resolved, rawMj: part.rawMj };
    }
    // Loops hold the time between their operations: where they are all, nothing is left of it.
    if (!phase.isScaled || AROUND.includes(row.component)) return row;
    return { ...row, energyMj: 0, lowMj: 0 };
  });
  const restMj = wholeMj - sumOf(changed);
  const withRest = phase.isScaled ? changed : withOther(changed, phase.phase, restMj);
  return rows.flatMap((row) => row.phase !== phase.phase ? [row] : row === own[0] ? withRest : []);
}

/** What the loops do not hold, or hold too much. */
function withOther(
  rows: readonly InsidePart[],
  phase: "prefill" | "decode",
  restMj: number,
): InsidePart[] {
  const sample = rows[0]!;
  const other = rows.find(({ component }) => component === "other") ?? {
    phase,
    layer: null,
    component: "other",
    durationMs: 0,
    share: 0,
    energyMj: 0,
    lowMj: 0,
    highMj: 0,
    interval: "hard" as const,
    method: sample.method === "estimated" ? "estimated" as const : "shared" as const,
    resolved: false,
    activation: null,
    rawMj: null,
  };
  const energyMj = (other.energyMj ?? 0) + restMj;
  const rest: InsidePart = {
    ...other,
    energyMj,
    // What is left over is as unsure as all that was taken from the whole.
    lowMj: energyMj - sumOfErrors(rows, "lowMj"),
    highMj: energyMj + sumOfErrors(rows, "highMj"),
    interval: "hard",
    method: other.method === "amplified" ? "sum" : other.method,
    resolved: false,
  };
  return [...rows.filter(({ component }) => component !== "other"), rest];
}

function sumOfErrors(rows: readonly InsidePart[], end: "lowMj" | "highMj"): number {
  return rows.filter(({ rawMj }) => rawMj !== null)
    .reduce((sum, row) => sum + Math.abs((row[end] ?? 0) - (row.energyMj ?? 0)), 0);
}

/** What rows hold together; what was not measured counts nothing. */
export function sumOf(rows: readonly InsidePart[]): number {
  return rows.reduce((sum, { energyMj }) => sum + (energyMj ?? 0), 0);
}

/** The same share of another energy; the ends stay hard and hold it. */
function stretched<Row extends InsidePart | InsideOperation>(row: Row, factor: number): Row {
  if (factor === 1 || row.energyMj === null) return row;
  const energyMj = row.energyMj * factor;
  return {
    ...row,
    energyMj,
    lowMj: Math.min(row.lowMj ?? energyMj, energyMj),
    highMj: Math.max(row.highMj ?? energyMj, energyMj),
  };
}

function summed(row: InsidePart, parts: readonly InsidePart[]): InsidePart {
  const own = parts.filter(({ phase, layer }) => phase === row.phase && layer === row.layer);
  if (row.energyMj === null || own.length === 0) return row;
  const energyMj = sumOf(own);
  return {
    ...row,
    energyMj,
    lowMj: Math.min(row.lowMj ?? energyMj, energyMj),
    highMj: Math.max(row.highMj ?? energyMj, energyMj),
  };
}
