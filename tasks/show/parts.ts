import { formatInterval, formatMs, threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import type { Distribution, RunSummary } from "../../lib/store/mod.ts";
import { bold, tableLines } from "../frame/mod.ts";

/** What lies inside of the tokens, as far as the run looked, and how decode steps differ. */
export function partLines(summary: RunSummary): string[] {
  const { tokens, components, hottest } = summary;
  const steps = [
    ...distributionLine("time", tokens.durationMs, "ms"),
    ...distributionLine("energy", tokens.energyMj, "mJ", tokens.resolved),
  ];
  return [
    ...(steps.length === 0 ? [] : ["", bold("Decode steps"), ...steps]),
    ...(components.length === 0 ? [] : ["", ...componentLines(components)]),
    ...(hottest.length === 0 ? [] : ["", ...hottestLines(hottest)]),
  ];
}

/** `resolved`: how many of the values are known on their own; the others are shares of their sum. */
function distributionLine(
  name: string,
  of: Distribution | null,
  unit: string,
  resolved?: number,
): string[] {
  if (of === null) return [];
  const { p5, p50, p95, p99, max, count } = of;
  const parts = Object.entries({ p5, p50, p95, p99, max })
    .map(([point, value]) => `${point} ${threeDigits(value)}`);
  const sure = resolved === undefined ? "" : `, ${resolved === 0 ? "none" : resolved} resolved`;
  return [`  ${name.padEnd(6)}  ${parts.join(", ")} ${unit} (${count} steps${sure})`];
}

function componentLines(components: RunSummary["components"]): string[] {
  return tableLines(
    [{ title: "component" }, { title: "time/token", right: true }, {
      title: "energy/token, limits",
      right: true,
    }],
    // What took no time, such as a framework that the twin's own cost hides, is no row.
    components.filter(({ durationMs }) => durationMs !== 0)
      .toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
      .map(({ component, durationMs, energyMj, lowMj, highMj }) => [
        visibleText(component),
        formatMs(durationMs),
        formatInterval({ mj: energyMj, lowMj, highMj }),
      ]),
  );
}

function hottestLines(hottest: RunSummary["hottest"]): string[] {
  return tableLines(
    [{ title: "costliest" }, { title: "layer", right: true }, {
      title: "time in all",
      right: true,
    }, { title: "energy in all, limits", right: true }],
    hottest.map(({ component, layer, durationMs, energyMj, lowMj, highMj }) => [
      visibleText(component),
      layer === null ? "–" : `${layer}`,
      formatMs(durationMs),
      formatInterval({ mj: energyMj, lowMj, highMj }),
    ]),
  );
}
