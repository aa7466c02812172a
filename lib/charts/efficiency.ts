/**
 * What a run got for its energy, on a card.
 *
 * @module
 */
import type { Efficiency } from "../analysis/mod.ts";
import { InputError } from "../errors.ts";
import { formatMj, formatMs, formatMw, NOT_MEASURED, threeDigits } from "../quantities.ts";
import type { ProfilingRun } from "../record.ts";
import { cardHeight, cardReach, drawCard, type Tile } from "./efficiency_card.ts";
import { Figure } from "./figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";

/** What the card says of a run besides its figures. */
export type EfficiencyRun = Pick<ProfilingRun, "model" | "power" | "totals">;

/** How the card is drawn. */
export interface EfficiencyCardOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
}

/**
 * Draws a card of what a run got for its energy: each figure with its interval, and how wide that
 * is beside the others.
 *
 * Cost and CO₂ stand on it where `figures` were computed with a price and an intensity.
 *
 * @throws {InputError} If the width is no width, or there are no figures.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, efficiency, ELECTRICITY_PRICES, type ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   const figures = efficiency(run, { price: ELECTRICITY_PRICES.eu });
 *   await charts.efficiency(run, figures).save("efficiency.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function efficiency(
  run: EfficiencyRun,
  figures: Efficiency,
  options: EfficiencyCardOptions = {},
): Figure {
  demandFigures(figures);
  const width = checkedWidth(options.width);
  const tiles = tilesOf(run, figures);
  const estimated = run.power.kind === "estimated" ? "Estimated efficiency" : "Efficiency";
  const title = options.title ?? estimated;
  const { totals, model, power } = run;
  const subtitle = [
    `${model.name} ${model.precision}`,
    power.label,
    `${totals.promptTokens} prompt and ${totals.generatedTokens} generated tokens`,
    `${formatMj(totals.energyMj)} in ${formatMs(totals.durationMs)}`,
  ].join(" · ");
  return new Figure({
    title,
    subtitle,
    caption: captionOf(run, figures, tiles),
    alt: `${title}: ${subtitle}; ${tiles.map(inWords).join("; ")}`,
    width,
    draw: () => Promise.resolve({ svg: drawCard(tiles, width), height: cardHeight(tiles, width) }),
  });
}

/** In a notebook nothing but this tells that they were left out. */
function demandFigures(figures: unknown): asserts figures is Efficiency {
  if (typeof figures === "object" && figures !== null && "energyDelayJs" in figures) return;
  throw new InputError("Cannot draw the efficiency of a run without its figures", {
    remedy: "write charts.efficiency(run, efficiency(run))",
  });
}

function tilesOf({ power }: EfficiencyRun, figures: Efficiency): Tile[] {
  const joules = (value: number) => formatMj(value * 1e3);
  const energyDelay = (value: number) =>
    value < 1 ? `${threeDigits(value * 1e3)} mJ·s` : `${threeDigits(value)} J·s`;
  const peak = figures.peakPowers.find(({ rail }) => rail === "total");
  const utilization = figures.powerUtilization;
  const { cost, carbon } = figures;
  const money = (value: number) => `${threeDigits(value)} ${cost?.price.currency ?? ""}`;
  const grams = (value: number) =>
    value < 1000 ? `${threeDigits(value)} g` : `${threeDigits(value / 1e3)} kg`;
  return [
    { label: "Energy per generated token", ...of(figures.joulesPerOutputToken, joules) },
    { label: "Energy per prompt token", ...of(figures.joulesPerInputToken, joules) },
    {
      label: "Generated tokens per joule",
      ...of(figures.tokensPerJoule, threeDigits),
    },
    { label: "Energy × delay", ...of(figures.energyDelayJs.run, energyDelay) },
    { label: `Peak power, ${power.kind}`, ...of(peak?.powerMw ?? null, formatMw) },
    {
      label: "Per token and million weights",
      ...of(figures.mjPerMillionParametersAndToken, microjoules),
    },
    ...utilization === null ? [] : [{
      label: "Of the power limit",
      ...of(utilization, (value) => `${threeDigits(100 * value)} %`),
    }],
    ...cost === null
      ? []
      : [{ label: "Electricity per million tokens", ...of(cost.perMillionTokens, money) }],
    ...carbon === null
      ? []
      : [{ label: "CO₂ per million tokens", ...of(carbon.perMillionTokensGrams, grams) }],
  ];
}

function microjoules(mj: number): string {
  return mj < 1 ? `${threeDigits(mj * 1e3)} µJ` : formatMj(mj);
}

function of(estimate: Tile["estimate"], text: Tile["text"]): Omit<Tile, "label"> {
  return { estimate, text };
}

function inWords({ label, estimate, text }: Tile): string {
  if (estimate === null) return `${label} ${NOT_MEASURED}`;
  const { value, low, high, resolved } = estimate;
  const ends = low === null || high === null ? "" : ` (${text(low)} to ${text(high)})`;
  return `${label} ${text(value)}${ends}${resolved ? "" : ", not resolved"}`;
}

function captionOf(
  { power }: EfficiencyRun,
  { cost, carbon }: Efficiency,
  tiles: readonly Tile[],
): string[] {
  const notes = kindNote(power);
  if (tiles.every(({ estimate }) => estimate === null)) {
    return [...notes, `The energy of the run was ${NOT_MEASURED}.`];
  }
  notes.push(
    `Of one mean repetition, idle power included; the energy is that of ${power.label}, less than ` +
      "the wall delivers.",
    `Bars are the intervals, ± ${100 * cardReach(tiles)} % of the figure wide; the meter's own ` +
      "error is not in them.",
  );
  if (tiles.some(({ estimate }) => estimate !== null && !estimate.resolved)) {
    notes.push("Grey figures are not resolved.");
  }
  notes.push("Peak: the mean of one record, which hides what is shorter.");
  if (cost !== null) {
    notes.push(`${sourced(`${cost.price.perKwh} ${cost.price.currency} per kWh`, cost.price)}.`);
  }
  if (carbon !== null) {
    notes.push(`${sourced(`${carbon.intensity.gramsPerKwh} g per kWh`, carbon.intensity)}.`);
  }
  return notes;
}

function sourced(what: string, { source, year }: { source?: string; year?: number }): string {
  const from = [source, source?.includes(`${year}`) ? undefined : year].filter((part) =>
    part !== undefined
  );
  return from.length === 0 ? what : `${what} (${from.join(", ")})`;
}
