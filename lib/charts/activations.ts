/**
 * Activations through the layers.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ActivationStatistics } from "../record.ts";
import { activationProfiles, type Profile } from "./activation_profiles.ts";
import { Figure } from "./figure.ts";
import { type ChartOptions, type InsideRun, notInside } from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import { messageFigure } from "./message_figure.ts";
import { checkedWidth } from "./width.ts";
import { threeDigits } from "../quantities.ts";

/** How activations are drawn. */
export interface ActivationsOptions extends ChartOptions {
  /** Which statistic: `meanAbs` unless given, `std`, `maxAbs` or `sparsity`. */
  statistic?: keyof ActivationStatistics;
  /** What a database holds of the run: its components, for the spread of single tokens. */
  rows?: InsideRows;
}

const NAMES: Record<keyof ActivationStatistics, { title: string; unit: string }> = {
  meanAbs: { title: "Mean |activation|", unit: "mean |x|" },
  std: { title: "Spread of activations", unit: "standard deviation" },
  maxAbs: { title: "Largest |activation|", unit: "largest |x|" },
  sparsity: { title: "Activations near zero", unit: "share near zero" },
};

/**
 * Draws a statistic of each component's output over the layers, prefill and decode apart.
 *
 * @throws {InputError} If the width is no width, or the statistic is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.activations(run, { statistic: "maxAbs" }).save("outliers.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function activations(run: InsideRun, options: ActivationsOptions = {}): Figure {
  const { statistic = "meanAbs", rows } = options;
  const width = checkedWidth(options.width);
  if (!Object.hasOwn(NAMES, statistic)) {
    throw new InputError(`Cannot draw activations by "${statistic}"`, {
      remedy: `choose one of: ${Object.keys(NAMES).join(", ")}`,
    });
  }
  const { title: name, unit } = NAMES[statistic];
  const title = options.title ?? `${name} by layer`;
  if (run.inside === null) return notInside(title, width);
  const profiles = activationProfiles(run, statistic, rows);
  if (profiles.length === 0) {
    return messageFigure({
      title,
      reason: "The activations of this run were not taken",
      remedy: "Profile with --depth component --activations on",
      width,
    });
  }
  const format = statistic === "sparsity"
    ? (value: number) => `${threeDigits(100 * value)} %`
    : threeDigits;
  const outside = run.inside.parts.filter(({ layer, phase, activation }) =>
    layer === null && phase === "decode" && activation !== null
  ).map(({ component, activation }) => `${component} ${format(activation?.[statistic] ?? NaN)}`);
  const hasSpread = profiles.some(({ decode }) => decode.some(({ low }) => low !== null));
  return new Figure({
    title,
    subtitle: `${unit} of what ${profiles.length} components of each layer put out`,
    caption: [
      statistic === "maxAbs" ? "The largest over the tokens." : "Means over the tokens.",
      ...(hasSpread ? ["Bands reach from the 10 to the 90 % point of the decode tokens."] : []),
      "Every panel has a scale of its own.",
      ...(outside.length > 0 ? [`Outside the layers, in decode: ${outside.join(", ")}.`] : []),
      "Taken in a twin run over the same tokens.",
    ],
    alt: `${title}: ${profiles.map((profile) => ends(profile, format)).join("; ")}`,
    width,
    draw: async () => {
      const { drawProfiles } = await import("./activations_plot.ts");
      return drawProfiles(profiles, { width, format });
    },
  });
}

function ends({ component, prefill, decode }: Profile, format: (value: number) => string): string {
  const points = decode.length > 0 ? decode : prefill;
  const values = points.map(({ value }) => value);
  return `${component} ${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}
