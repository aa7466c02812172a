/**
 * What the words and signs of a report mean.
 *
 * @module
 */
import { section } from "./panel.ts";

const TERMS: readonly (readonly [string, string])[] = [
  [
    "24.1 mJ (22.3 to 26.0)",
    "The mean, and the ends that enclose the truth: 95 % of what clocks, latency of the meter, " +
    "rounding and repetitions allow, or hard limits that cannot be passed. The meter's own error " +
    "is not in them.",
  ],
  [
    "Not resolved",
    "What was measured cannot tell this value from its neighbours. It is hatched, hollow or grey " +
    "wherever it is drawn, and no conclusion should rest on it.",
  ],
  [
    "Integrated, repeated, amplified, deconvolved",
    "Energies that were measured: from whole power records; from steps that were run many times; " +
    "from components that were run alone; from many repetitions of the whole answer.",
  ],
  [
    "Shared",
    "A part got its share of the time. A part with a fifth of the time may take much less than a " +
    "fifth of the energy; the limits say how much less.",
  ],
  ["Not measured", "Nothing is known. It is never drawn as zero."],
  [
    "The rails",
    "Power is that of the rails that are named beside it, such as CPU+GPU+ANE. It is less than " +
    "what the wall delivers, and without DRAM where that is not named.",
  ],
];

/** A short glossary. */
export function readingHtml(): string {
  const list = TERMS.map(([term, meaning]) => `<dt>${term}</dt><dd>${meaning}</dd>`).join("");
  return section("reading", "How to read this", `<dl class="terms">${list}</dl>`);
}
