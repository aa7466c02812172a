import type { Operation } from "./operation_table.ts";

/** What cannot be told apart in a profile, one line each. */
export function warningsOf(operations: readonly Operation[]): string[] {
  const partitions = operations.filter(({ place }) => place.component === "partition").length;
  if (partitions === 0) return [];
  return [
    `The execution provider ran ${partitions} partition(s) as one operation each: ` +
    "layers and components inside them cannot be told apart",
  ];
}
