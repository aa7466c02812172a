/**
 * What charts of the inside of a run say of it, and what they say where there is none.
 *
 * @module
 */
import type { Energy, EnergyMethod, InsidePart, PartEnergy, ProfilingRun } from "../record.ts";
import type { Figure } from "./figure.ts";
import { messageFigure } from "./message_figure.ts";
import { kindNote } from "./caption.ts";
import { formatInterval, NOT_MEASURED, threeDigits } from "../quantities.ts";

/** What every chart of an inside needs of a run. */
export type InsideRun = Pick<ProfilingRun, "inside" | "power" | "totals">;

/** The usual options of a chart. */
export interface ChartOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
}

/** "Energy …", or "Estimated energy …" where it is one. */
export function energyTitle({ power }: Pick<ProfilingRun, "power">, rest: string): string {
  return power.kind === "estimated" ? `Estimated energy ${rest}` : `Energy ${rest}`;
}

/** The figure of a run whose inside was not looked at. */
export function notInside(title: string, width: number): Figure {
  return messageFigure({
    title,
    reason: "This run was not looked into: it knows tokens, but no layers or components",
    remedy: 'Profile with --depth component, or depth: "component" in profile()',
    width,
  });
}

/** The figure of a run whose power was not measured. */
export function noEnergy(title: string, width: number): Figure {
  return messageFigure({
    title,
    reason: "The energy of this run was not measured",
    remedy: "See what measures power here: deno task doctor",
    width,
  });
}

/** How sure the energies of parts, and of what else is shown, are, and where their times come from. */
export function insideNotes(
  run: InsideRun,
  parts: readonly InsidePart[],
  others: readonly Pick<Energy, "interval">[] = [],
): string[] {
  const known = parts.filter(({ energyMj }) => energyMj !== null);
  const methods = new Set(known.map(({ method }) => method));
  return [
    ...kindNote(run.power),
    ...(known.some(({ method }) => method !== "amplified")
      ? ["Parts share the energy of their token by time: not resolved on their own."]
      : []),
    ...(methods.has("amplified")
      ? ["Amplified components were measured in loops of their own."]
      : []),
    intervalNote([...known, ...others], run.power.kind === "estimated"),
    ...twinNotes(run),
  ];
}

/** Where the times of parts come from. */
export function twinNotes({ inside }: InsideRun): string[] {
  const twins = (inside?.twins ?? []).filter(({ timing }) => timing !== null)
    .map(({ phase, timing }) => `${phase} ×${threeDigits(timing ?? 1)}`);
  return twins.length === 0
    ? []
    : [`Times are of a twin run (${twins.join(", ")} as long), scaled to the clean ones.`];
}

/** What the ends of intervals are, and what they do not hold. */
export function intervalNote(
  energies: readonly Pick<PartEnergy, "interval">[],
  isEstimate: boolean,
): string {
  const kinds = new Set(energies.map(({ interval }) => interval));
  if (!kinds.has("ci95") && !kinds.has("hard")) return "Intervals are not known.";
  const ends = kinds.has("ci95")
    ? kinds.has("hard") ? "95 % intervals or hard limits" : "95 % intervals"
    : "hard limits";
  return isEstimate
    ? `Intervals: ${ends}, with the stated error of the curve.`
    : `Intervals: ${ends}; the meter's own error is not in them.`;
}

/** A part's energy as a tooltip says it. */
export function energyText(part: PartEnergy): string {
  const { energyMj: mj, lowMj, highMj, interval, method, resolved } = part;
  if (mj === null) return NOT_MEASURED;
  const ends = interval === "ci95" ? ", 95 %" : interval === "hard" ? ", hard limits" : "";
  return `${formatInterval({ mj, lowMj, highMj })}${ends}, ${methodText(method)}` +
    (resolved ? "" : ", not resolved");
}

function methodText(method: EnergyMethod | null): string {
  return method ?? "method not known";
}
