/**
 * `deno task tradeoff`: speed against energy.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { tradeoff } from "../lib/analysis/mod.ts";
import { ProfileDatabase, type RunListing } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { command, runCommand, userPath } from "./frame/mod.ts";
import { tradeoffLines } from "./tradeoff/lines.ts";

export const task = withFilters(
  command("tradeoff", "Tell which ways to run are worth it: none other is faster and cheaper."),
)
  .addOption(
    new Option("--by <label>", "what sets ways to run apart; default: model, precision, engine, ep")
      .choices(["tag", "experiment"] as const),
  )
  .addHelpText(
    "after",
    `
Examples:
  deno task tradeoff --model tinytales
  deno task tradeoff --experiment engines --by tag --json`,
  )
  .action(({ by, ...flags }) => {
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("weigh speed against energy", flags.db);
    const labels = new Map(runs.map((run) => [run.runId, by ? labelOf(run, by) : ""]));
    const result = tradeoff(runs, {
      accept: flags.accept,
      ...(by ? { labelOf: ({ runId }) => labels.get(runId) ?? "" } : {}),
    });
    printResult(result, flags.json, () => tradeoffLines(result));
  });

function labelOf({ tags, experiment }: RunListing, by: "tag" | "experiment"): string {
  return (by === "tag" ? tags.join(" ") : experiment) || "(none)";
}

if (import.meta.main) await runCommand(task);
