import { formatInterval, formatMs, threeDigits } from "../../lib/quantities.ts";
import type { InsidePart, ProfilingRun, RunInside } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { bold, dim, tableLines } from "../frame/mod.ts";

/** Work below this share of a token is left to `show --json`. */
const LEAST_SHARE = 0.002;
const HOTTEST = 3;

/** Where the time of a decode step went, by component, and which layers took most of it. */
export function insideLines(run: ProfilingRun): string[] {
  const { inside, totals } = run;
  const phase = totals.generatedTokens > 1 ? "decode" : "prefill";
  const steps = phase === "decode" ? totals.generatedTokens - 1 : 1;
  if (inside === null) return [];
  const of = (parts: readonly InsidePart[]) => parts.filter((part) => part.phase === phase);
  const components = of(inside.components);
  if (components.length === 0) return [];
  return [
    "",
    bold(phase === "decode" ? "Inside a decode step" : "Inside the prefill") +
    dim(` (mean of ${steps}; shares of time, from a twin run${slower(inside, phase)})`),
    ...componentTable(components, of(inside.parts), steps),
    ...hottest(of(inside.layers), steps),
    ...inside.notes.map((note) => dim(`·  ${visibleText(note)}`)),
  ];
}

function componentTable(
  components: readonly InsidePart[],
  parts: readonly InsidePart[],
  steps: number,
): string[] {
  const withActivations = parts.some(({ activation }) => activation !== null);
  const rows = components
    .filter(({ share }) => share >= LEAST_SHARE)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .map((part) => [
      part.component,
      formatMs(part.durationMs / steps),
      `${(100 * part.share).toFixed(1)} %`,
      formatInterval(perStep(part, steps)),
      ...(withActivations ? activationCells(part.component, parts) : []),
    ]);
  return tableLines([
    { title: "component" },
    { title: "time", right: true },
    { title: "share", right: true },
    { title: "energy, limits", right: true },
    ...(withActivations
      ? [{ title: "std of output", right: true }, { title: "near zero", right: true }]
      : []),
  ], rows);
}

/** Means over the layers, as each layer's statistics are. */
function activationCells(component: string, parts: readonly InsidePart[]): string[] {
  const taken = parts.filter((part) => part.component === component)
    .flatMap(({ activation }) => activation ?? []);
  if (taken.length === 0) return ["", ""];
  const mean = (pick: (of: typeof taken[number]) => number) =>
    taken.reduce((sum, of) => sum + pick(of), 0) / taken.length;
  return [threeDigits(mean(({ std }) => std)), `${(100 * mean((a) => a.sparsity)).toFixed(1)} %`];
}

function hottest(layers: readonly InsidePart[], steps: number): string[] {
  const [first, ...rest] = layers.toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, HOTTEST);
  if (!first || rest.length === 0) return [];
  const names = [first, ...rest].map(({ layer, durationMs }) =>
    `${layer} (${formatMs(durationMs / steps)})`
  );
  return [`${bold("Layers")}  most time in ${names.join(", ")}`];
}

function slower({ twins }: RunInside, phase: string): string {
  const twin = twins.find((one) => one.phase === phase);
  if (!twin || twin.timing === null) return "";
  const coverage = `, ${(100 * twin.coverage).toFixed(0)} % of its work named`;
  return ` that took ${twin.timing.toFixed(2)} × as long${coverage}`;
}

function perStep({ energyMj, lowMj, highMj }: InsidePart, steps: number) {
  const part = (value: number | null) => value === null ? null : value / steps;
  return { mj: part(energyMj), lowMj: part(lowMj), highMj: part(highMj) };
}
