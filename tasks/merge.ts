/**
 * `deno task merge FILE…`: runs of other databases, or exported ones, into this one.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { type MergeOutcome, ProfileDatabase, type RunDocument } from "../lib/store/mod.ts";
import { command, databaseOption, printJson, runCommand, userPath } from "./frame/mod.ts";

export const task = command("merge", "Take in runs of other databases, or exported as JSON.")
  .argument("<files...>", "databases, or files that deno task export --format json wrote")
  .addOption(databaseOption())
  .addOption(new Option("--json", "print what was done as JSON"))
  .addHelpText(
    "after",
    `
A run that is there already, told by its id, is left as it is.

Examples:
  deno task merge ../laptop/tokenwatt.db
  deno task merge run-1.json run-2.json --db all.db`,
  )
  .action((files, { db, json }) => {
    using database = ProfileDatabase.open(userPath(db));
    const outcomes = files.map((file) => ({ file, ...take(database, userPath(file)) }));
    if (json) printJson(outcomes);
    else for (const outcome of outcomes) console.log(line(outcome));
  });

function take(database: ProfileDatabase, path: string): MergeOutcome {
  if (path.endsWith(".json")) return takeDocument(database, path);
  using other = ProfileDatabase.open(path, { readOnly: true, upgrade: true });
  return database.merge(other);
}

function takeDocument(database: ProfileDatabase, path: string): MergeOutcome {
  const document = read(path);
  const isNew = database.importRun(document);
  const ids = [document.run.runId];
  return { imported: isNew ? ids : [], duplicates: isNew ? [] : ids, running: [] };
}

function read(path: string): RunDocument {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    throw new InputError(`Cannot read "${path}": ${(error as Error).message.split("\n")[0]}`, {
      remedy: "pass what deno task export --format json wrote",
      cause: error,
    });
  }
}

function line({ file, imported, duplicates, running }: { file: string } & MergeOutcome): string {
  const more = [
    ...(duplicates.length > 0 ? [`${duplicates.length} there already`] : []),
    ...(running.length > 0 ? [`${running.length} still going on and left out`] : []),
  ];
  return [`${file}: ${imported.length} taken in`, ...more].join(", ");
}

if (import.meta.main) await runCommand(task);
