/**
 * How the energies of tokens are distributed, and which tokens stand out.
 *
 * @module
 */
import { formatMj, NOT_MEASURED, threeDigits } from "../quantities.ts";
import { shortened, visibleText } from "../safe_text.ts";
import { Figure } from "./figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";
import { type Outlier, sizeOf, type Usual, usualEnergy } from "./token_outliers.ts";
import { type GroupView, groupViews, type TokenEnergyRun } from "./token_views.ts";

/** How the distribution of token energies is drawn. */
export interface TokenDistributionOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
}

/**
 * Draws how many decoded tokens cost how much, and names those that cost unlike the others.
 *
 * Every token counts with the mean of the group that its energy is known in. A token is named as an
 * outlier only if its whole interval lies outside of what is usual; others are drawn hollow.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.tokenDistribution(run).save("distribution.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function tokenDistribution(
  run: TokenEnergyRun,
  options: TokenDistributionOptions = {},
): Figure {
  const width = checkedWidth(options.width);
  const decoded = groupViews(run).filter(({ phase }) => phase === "decode");
  const groups = decoded.filter(({ mjPerToken }) => mjPerToken !== null);
  const usual = usualEnergy(groups);
  const what = run.power.kind === "estimated" ? "estimated energy" : "energy";
  const title = options.title ?? `Distribution of the ${what} per token`;
  const subtitle = subtitleOf(run, groups, usual);
  return new Figure({
    title,
    subtitle,
    caption: captionOf(run, decoded, groups, usual),
    alt: altText(`${title}: ${subtitle}`, usual),
    width,
    draw: async () => {
      const { drawDistribution } = await import("./token_distribution_plot.ts");
      return drawDistribution(groups, usual, width);
    },
  });
}

/** The words of a group as a label has them, with their place: "“ball.” 41". */
export function outlierName({ group }: Outlier): string {
  const text = visibleText(shortened(group.pieces.map((piece) => piece.text).join(""), 16));
  const words = text.replace(/\s*↵\n/g, "↵").replaceAll("\n", "↵").trim();
  const place = group.firstIndex === group.lastIndex
    ? `${group.firstIndex}`
    : `${group.firstIndex}–${group.lastIndex}`;
  return `“${words}” ${place}`;
}

function subtitleOf(
  { power }: TokenEnergyRun,
  groups: readonly GroupView[],
  usual: Usual | null,
): string {
  const count = groups.reduce((sum, group) => sum + sizeOf(group), 0);
  const parts = [power.label, `${count} decoded ${count === 1 ? "token" : "tokens"}`];
  if (usual === null) return parts.join(" · ");
  if (groups.length < count) {
    parts.push(`known in ${groups.length} ${groups.length === 1 ? "group" : "groups"}`);
  }
  parts.push(`median ${formatMj(usual.medianMj)}`);
  parts.push(
    `middle half ${threeDigits(usual.quarterMj)} to ${formatMj(usual.threeQuartersMj)}`,
  );
  return parts.join(" · ");
}

function captionOf(
  run: TokenEnergyRun,
  decoded: readonly GroupView[],
  groups: readonly GroupView[],
  usual: Usual | null,
): string[] {
  const notes = kindNote(run.power);
  if (decoded.length === 0) return [...notes, "The run decoded no token."];
  if (usual === null) return [...notes, `The energy of the tokens was ${NOT_MEASURED}.`];
  if (groups.some((group) => sizeOf(group) > 1)) {
    notes.push(
      "Tokens whose energy is known only together count with their mean: what they differ among " +
        "themselves is not in the picture.",
    );
  }
  const vague = groups.filter(({ resolved }) => !resolved).length;
  if (vague > 0) notes.push(`Hatched: ${vague} of ${groups.length} energies not resolved.`);
  if (groups.length < decoded.length) {
    notes.push(`${decoded.length - groups.length} of ${decoded.length} were ${NOT_MEASURED}.`);
  }
  const methods = [...new Set(groups.map(({ method }) => method ?? "not known"))].join(", ");
  return [
    ...notes,
    ...spreadNote(groups, usual),
    ...outlierNote(usual),
    `The prefill's token is not counted. Method: ${methods}.`,
  ];
}

/** Where intervals are as wide as the spread, the picture shows noise, and the reader must know. */
function spreadNote(groups: readonly GroupView[], usual: Usual): string[] {
  const widths = groups.flatMap(({ lowMj, highMj }) =>
    lowMj === null || highMj === null ? [] : [highMj - lowMj]
  ).sort((a, b) => a - b);
  const typical = widths[Math.floor(widths.length / 2)];
  const spread = usual.threeQuartersMj - usual.quarterMj;
  if (typical === undefined || typical < spread || groups.length < 2) return [];
  return [
    `A typical interval (${formatMj(typical)} wide) is wider than the middle half of the ` +
    "energies: most of these tokens cannot be told apart.",
  ];
}

function outlierNote({ range, outliers }: Usual): string[] {
  if (range === null) return [];
  const usually = `Usual: within 3.5 robust deviations of the median, ` +
    `${threeDigits(range.lowMj)} to ${formatMj(range.highMj)}.`;
  const unsure = outliers.filter(({ sure }) => !sure).length;
  if (outliers.length === 0) return [`${usually} No token lies outside.`];
  return unsure === 0 ? [usually] : [
    usually,
    `Hollow: ${unsure} of ${outliers.length} outside it by no more than their interval.`,
  ];
}

function altText(head: string, usual: Usual | null): string {
  const sure = usual?.outliers.filter(({ sure }) => sure) ?? [];
  if (usual === null) return `${head}; energy ${NOT_MEASURED}`;
  if (sure.length === 0) return `${head}; no token surely stands out`;
  const named = sure.slice(0, 5).map((outlier) =>
    `${outlierName(outlier)} with ${formatMj(outlier.group.mjPerToken)}`
  );
  return `${head}; ${sure.length} stand out: ${named.join(", ")}`;
}
