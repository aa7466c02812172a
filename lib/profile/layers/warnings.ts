import type { InsidePhase } from "./inside_times.ts";
import type { Operation } from "./operation_table.ts";

/** Interruptions below this part of the clean time, or this long, are worth no word. */
const LEAST_STALLED = 0.02;
const LEAST_STALLED_MS = 1;

/** What cannot be told apart in a profile, and what was left out, one line each. */
export function warningsOf(
  operations: readonly Operation[],
  phases: readonly InsidePhase[] = [],
): string[] {
  const partitions = operations.filter(({ place }) => place.component === "partition").length;
  return [
    ...(partitions === 0 ? [] : [
      `The execution provider ran ${partitions} partition(s) as one operation each: ` +
      "layers and components inside them cannot be told apart",
    ]),
    ...phases.filter(({ stalledMs, durationMs }) =>
      stalledMs > Math.max(LEAST_STALLED_MS, LEAST_STALLED * durationMs)
    )
      .map(({ phase, stalledMs }) =>
        `Other programs held up the ${phase} twin for ${
          stalledMs.toFixed(0)
        } ms, which were left out`
      ),
  ];
}
