import { visibleText } from "../../lib/safe_text.ts";
import type { DatabaseStats } from "../../lib/store/mod.ts";
import { formatBytes } from "./bytes.ts";

/** What a database holds, in words. */
export function statisticsLines(stats: DatabaseStats): string[] {
  const { runs, runsByStatus, oldestMs, newestMs, models, fileBytes, usedBytes } = stats;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const states = Object.entries(runsByStatus).filter(([, n]) => n > 0)
    .map(([status, n]) => `${n} ${status}`).join(", ");
  const count = (n: number) => n.toLocaleString("en-US");
  return [
    `Runs        ${count(runs)}${states === "" ? "" : ` (${states})`}`,
    ...(oldestMs === null || newestMs === null
      ? []
      : [`Period      ${day(oldestMs)} to ${day(newestMs)}`]),
    `Rows        ${count(stats.tokens)} tokens, ${count(stats.componentRows)} components, ` +
    `${count(stats.powerSamples)} power records`,
    `Size        ${formatBytes(fileBytes)}, of which ${formatBytes(usedBytes)} in use and ` +
    `${formatBytes(stats.rawPowerBytes)} raw power records`,
    `Schema      ${stats.schemaVersion}, SQLite ${stats.sqliteVersion}`,
    ...models.slice(0, 10).map(({ name, runs }, i) =>
      `${i === 0 ? "Models    " : "          "}  ${visibleText(name)}: ${count(runs)}`
    ),
  ];
}
