/**
 * `deno task search TEXT`: runs by what was asked and answered.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { command, databaseOption, integer, printJson, runCommand, userPath } from "./frame/mod.ts";
import { listing } from "./runs/listing.ts";

export const task = command("search", "Find runs by words of their prompt or response, best first.")
  .argument("<text>", 'words that must all occur; "a phrase" and prefix* work')
  .addOption(databaseOption())
  .addOption(new Option("--limit <count>", "how many").argParser(integer(1)).default(20))
  .addOption(new Option("--json", "print them as JSON"))
  .addHelpText(
    "after",
    `
Examples:
  deno task search "little girl"
  deno task search '"once upon" forest*' --json`,
  )
  .action((text, { db, limit, json }) => {
    using database = ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true });
    const runs = database.searchByPrompt(text, { limit });
    if (json) printJson(runs);
    else if (runs.length === 0) console.log("No run matches");
    else for (const line of listing(runs)) console.log(line);
  });

if (import.meta.main) await runCommand(task);
