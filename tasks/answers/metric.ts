import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { useOneOf } from "../../lib/nearest.ts";
import { COMPARISON_METRICS, type ComparisonMetric } from "../../lib/analysis/mod.ts";

/** Which figure an answer is about. */
export function metricOption() {
  return new Option("--metric <figure>", `${COMPARISON_METRICS.join(", ")}, or component:NAME`)
    .argParser(parseMetric).default("joulesPerToken" as ComparisonMetric);
}

function parseMetric(text: string): ComparisonMetric {
  if (/^component:\w+$/.test(text)) return text as ComparisonMetric;
  const known = COMPARISON_METRICS.find((metric) => metric === text);
  if (known) return known;
  throw new InvalidArgumentError(
    `There is no such figure: ${useOneOf(text, COMPARISON_METRICS)}, or component:NAME.`,
  );
}
