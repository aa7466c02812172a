/**
 * `deno task delete RUN`: one run and all its rows, for good.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { visibleText } from "../lib/safe_text.ts";
import { noSuchRun, ProfileDatabase } from "../lib/store/mod.ts";
import { command, databaseOption, runCommand, userPath } from "./frame/mod.ts";

export const task = command("delete", "Delete a run with all its rows, after asking.")
  .argument("<run>", 'its id, the beginning of it, or "last"')
  .addOption(databaseOption())
  .addOption(new Option("--yes", "do not ask"))
  .addOption(new Option("--json", "print what was deleted as JSON"))
  .addHelpText(
    "after",
    `
Examples:
  deno task delete 20261123-0530
  deno task delete last --yes`,
  )
  .action((id, { db, yes, json }) => {
    // Looked for without the right to write first: a typing error must not make a database.
    ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true }).close();
    using database = ProfileDatabase.open(userPath(db));
    const run = database.getRunSummary(id);
    if (!run) throw noSuchRun(database, "delete", id, db);
    const { runId, model, prompt } = run;
    if (!yes && !agreed(`${runId} (${model.name}: ${prompt.slice(0, 40)})`)) {
      console.error("Nothing was deleted");
      return;
    }
    database.deleteRun(runId);
    console.log(json ? JSON.stringify({ deleted: runId }) : `Deleted ${runId}`);
  });

function agreed(what: string): boolean {
  if (Deno.stdin.isTerminal()) return confirm(visibleText(`Delete ${what} for good?`));
  throw new InputError(`Cannot ask whether to delete ${what}: there is no terminal`, {
    remedy: "pass --yes",
  });
}

if (import.meta.main) await runCommand(task);
