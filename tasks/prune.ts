/**
 * `deno task prune`: the oldest runs go until all limits hold.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { command, databaseOption, integer, number, runCommand, userPath } from "./frame/mod.ts";
import { formatBytes, parseBytes } from "./runs/bytes.ts";
import { listing } from "./runs/listing.ts";

export const task = command(
  "prune",
  "Delete the oldest runs until all limits hold, and shrink the file.",
)
  .addOption(databaseOption())
  .addOption(
    new Option("--max-age-days <days>", "delete runs that are older").argParser(number(0)),
  )
  .addOption(new Option("--max-runs <count>", "keep so many").argParser(integer(0)))
  .addOption(new Option("--max-size <size>", "such as 500MB or 2GiB").argParser(parseBytes))
  .addOption(new Option("--dry-run", "only say what would be deleted"))
  .addOption(new Option("--json", "print what was deleted as JSON"))
  .addHelpText(
    "after",
    `
Runs that are going on stay. Examples:
  deno task prune --max-age-days 365 --dry-run
  deno task prune --max-runs 1000 --max-size 2GB`,
  )
  .action(({ db, maxAgeDays, maxRuns, maxSize, dryRun = false, json }) => {
    ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true }).close();
    using database = ProfileDatabase.open(userPath(db));
    const { runs, bytesBefore, bytesAfter } = database.prune({
      ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
      ...(maxRuns === undefined ? {} : { maxRuns }),
      ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
      dryRun,
    });
    if (json) {
      const ids = runs.map(({ runId }) => runId);
      console.log(JSON.stringify({ dryRun, runs: ids, bytesBefore, bytesAfter }, null, 2));
      return;
    }
    if (runs.length > 0) { for (const line of listing(runs)) console.log(line); }
    const did = dryRun ? "Would delete" : "Deleted";
    const count = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
    console.log(`${did} ${count}: ${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)}`);
  });

if (import.meta.main) await runCommand(task);
