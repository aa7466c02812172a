/**
 * `deno task context`: what the length of the context costs.
 *
 * @module
 */
import { contextCost } from "../lib/analysis/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { contextLines } from "./context/lines.ts";
import { command, runCommand, userPath } from "./frame/mod.ts";

export const task = withFilters(
  command("context", "Fit how decoding costs more with the tokens in the cache, and find knees."),
)
  .addHelpText(
    "after",
    `
Examples:
  deno task context --experiment context-length
  deno task context --model tinytales --precision fp32 --json`,
  )
  .action((flags) => {
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("tell what context costs", flags.db);
    const result = contextCost(runs, { accept: flags.accept });
    printResult(result, flags.json, () => contextLines(result));
  });

if (import.meta.main) await runCommand(task);
