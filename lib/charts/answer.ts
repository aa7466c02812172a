/**
 * What the charts of answers over many runs have in common.
 *
 * @module
 */
import type { Estimate } from "../analysis/mod.ts";
import type { Finding } from "../record.ts";
import { formatMj, formatMs, threeDigits } from "../quantities.ts";
import { sentences } from "./caption.ts";
import { type Drawing, Figure } from "./figure.ts";
import { checkedWidth } from "./width.ts";

/** How an answer is drawn. */
export interface AnswerOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
  /** Where the power came from: `power.label` of the runs. */
  source?: string;
}

/** What every answer says of itself. */
export interface Answer {
  verdict: string;
  findings: readonly Finding[];
  notes: readonly string[];
}

/** What a chart adds to an answer. */
export interface AnswerContent {
  title: string;
  /** Before findings and notes. */
  caption: readonly string[];
  /** The numbers in words, after the verdict. */
  words: readonly string[];
  draw(width: number): Promise<Drawing>;
}

/** A figure whose subtitle is the verdict. */
export function answerFigure(
  { verdict, findings, notes }: Answer,
  { title: usual, caption, words, draw }: AnswerContent,
  options: AnswerOptions,
): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? usual;
  const serious = findings.filter(({ severity }) => severity !== "info")
    .map(({ message }) => message);
  return new Figure({
    title,
    subtitle: verdict,
    caption: [
      ...options.source === undefined ? [] : [`Power: ${options.source}.`],
      ...caption,
      ...sentences(serious),
      ...sentences(notes),
    ],
    alt: [`${title}: ${verdict}`, ...words].join("; "),
    width,
    draw: () => draw(width),
  });
}

/** What the whiskers of an answer mean, and how many figures have none. */
export function whiskersNote(estimates: readonly (Estimate | null)[]): string[] {
  const known = estimates.filter((estimate) => estimate !== null);
  const bare = known.filter(({ low, high }) => low === null || high === null).length;
  return [
    ...known.some(({ resolved }) => !resolved) ? ["Hollow: not resolved."] : [],
    ...bare < known.length
      ? [
        "Whiskers are 95 % intervals, without the meter's own error; where none is seen, it is " +
        "smaller than the dot.",
      ]
      : [],
    ...bare > 0 ? [`${bare} of ${known.length} figures have no interval.`] : [],
  ];
}

/** Values of a unit as they are read. */
export function textOf(unit: string): (value: number) => string {
  switch (unit) {
    case "J":
      return (value) => formatMj(value * 1e3);
    case "mJ":
      return formatMj;
    case "ms":
      return formatMs;
    case "1/s":
      return (value) => `${threeDigits(value)}/s`;
    default:
      return (value) => `${threeDigits(value)} ${unit}`;
  }
}

/** A count of weights: "1.20 M". */
export function weightsText(count: number): string {
  const [unit, per] = count >= 1e9 ? ["B", 1e9] : count >= 1e6 ? ["M", 1e6] : ["k", 1e3];
  return `${Number((count / Number(per)).toPrecision(3))} ${unit}`;
}
