import { formatInterval, formatMj, formatMs, threeDigits } from "../../lib/quantities.ts";
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
    ...captureLine(inside, phase),
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
  const withLoops = components.some(isAmplified);
  const withActivations = parts.some(({ activation }) => activation !== null);
  const rows = components
    .filter((part) => part.share >= LEAST_SHARE || isAmplified(part) || isRest(part))
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .map((part) => [
      part.component,
      formatMs(part.durationMs / steps),
      `${(100 * part.share).toFixed(1)} %`,
      formatInterval(perStep(part, steps)),
      ...(withLoops ? loopCells(part, steps) : []),
      ...(withActivations ? activationCells(part.component, parts) : []),
    ]);
  return tableLines([
    { title: "component" },
    { title: "time", right: true },
    { title: "share", right: true },
    { title: withLoops ? "energy" : "energy, limits", right: true },
    ...(withLoops ? [{ title: "its loop", right: true }, { title: "method" }] : []),
    ...(withActivations
      ? [{ title: "std of output", right: true }, { title: "near zero", right: true }]
      : []),
  ], rows);
}

/** Runs that were stored before components could be amplified know nothing of it. */
function isAmplified({ rawMj }: InsidePart): boolean {
  return (rawMj ?? null) !== null;
}

/** What loops leave over has no time of its own. */
function isRest({ component, durationMs, energyMj }: InsidePart): boolean {
  return component === "other" && durationMs === 0 && energyMj !== 0;
}

function loopCells(part: InsidePart, steps: number): string[] {
  const { rawMj, method, resolved } = part;
  const sure = method === "amplified" && !resolved ? ", unresolved" : "";
  return [
    isAmplified(part) ? formatMj((rawMj ?? 0) / steps) : "",
    method === null ? "not measured" : `${method}${sure}`,
  ];
}

/** How much of the phase its components' loops hold. */
function captureLine({ amplified = [] }: RunInside, phase: string): string[] {
  const one = amplified.find((of) => of.phase === phase);
  if (one === undefined || one.capture === null) return [];
  const [ratio, low, high] = [one.capture.ratio, one.capture.low, one.capture.high]
    .map((part) => (100 * part).toFixed(0));
  const what = one.isComplete ? "all components" : one.components.map(visibleText).join(", ");
  return [
    `${bold("Loops")}  ${what}: ${ratio} % of the ${phase} (${low} to ${high} %), ` +
    (one.isScaled ? "scaled to add up to it" : 'not scaled; the rest is "other"'),
  ];
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
