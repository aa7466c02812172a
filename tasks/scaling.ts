/**
 * `deno task scaling`: how the cost of a token grows with the size of models.
 *
 * @module
 */
import { scaling } from "../lib/analysis/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { metricOption } from "./answers/metric.ts";
import { command, runCommand, userPath } from "./frame/mod.ts";
import { scalingLines } from "./scaling/lines.ts";

export const task = withFilters(
  command("scaling", "Fit how the cost of a token grows with weights, layers and width."),
)
  .addOption(metricOption())
  .addHelpText(
    "after",
    `
Examples:
  deno task scaling --experiment sizes
  deno task scaling --precision int4 --metric tokensPerSecond --json`,
  )
  .action(({ metric, ...flags }) => {
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("fit how costs scale", flags.db);
    const result = scaling(runs, { metric, accept: flags.accept });
    printResult(result, flags.json, () => scalingLines(result));
  });

if (import.meta.main) await runCommand(task);
