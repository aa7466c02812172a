/**
 * `deno task export RUN`: a stored run for other programs.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { EXPORT_FORMATS, exportRun } from "../lib/store/export/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { command, databaseOption, runCommand, userPath } from "./frame/mod.ts";

export const task = command("export", "Write a stored run for other programs.")
  .argument("[run]", 'its id, the beginning of it, or "last"', "last")
  .addOption(databaseOption())
  .addOption(
    new Option("--format <format>", "what to write").choices(EXPORT_FORMATS).default("json"),
  )
  .addOption(
    new Option("-o, --out <path>", "a file; for csv and parquet a folder, one file a table")
      .makeOptionMandatory(),
  )
  .addOption(new Option("--json", "print the paths as JSON"))
  .addHelpText(
    "after",
    `
json      everything, as docs/run.schema.json says; deno task merge reads it back
csv       one file a table, units in the names of the columns
perfetto  power, phases, tokens and what is inside, for ui.perfetto.dev
parquet   the tables again, for pandas, DuckDB and the like

Examples:
  deno task export last -o run.json
  deno task export 20261123-0530 --format perfetto -o trace.json
  deno task export last --format parquet -o out`,
  )
  .action(async (id, { db, format, out, json }) => {
    using database = ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true });
    const paths = await exportRun(database, id, format, userPath(out));
    if (json) console.log(JSON.stringify(paths));
    else for (const path of paths) console.log(path);
  });

if (import.meta.main) await runCommand(task);
