/**
 * `deno task batch`: what the batch size costs.
 *
 * @module
 */
import { batchCost } from "../lib/analysis/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { batchLines } from "./batch/lines.ts";
import { command, runCommand, userPath } from "./frame/mod.ts";

export const task = withFilters(
  command("batch", "Set energy and throughput against batch size, and find the best."),
)
  .addHelpText(
    "after",
    `
The sizes are those of deno task profile --batch-size, or details.batchSize of runs of other tools
that were imported.

Examples:
  deno task batch --experiment batches --model llama-3.2-1b
  deno task batch --json`,
  )
  .action((flags) => {
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("tell what batches cost", flags.db);
    const result = batchCost(runs, { accept: flags.accept });
    printResult(result, flags.json, () => batchLines(result));
  });

if (import.meta.main) await runCommand(task);
