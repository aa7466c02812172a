/**
 * `deno task report RUN…`: one HTML file to look at, to keep, to send.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { formatMs, threeDigits } from "../lib/quantities.ts";
import { reportedRun, saveReport } from "../lib/report/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { nowMs } from "../lib/clock.ts";
import { withDraws } from "./answers/draws.ts";
import {
  command,
  databaseOption,
  printJson,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";

export const task = command(
  "report",
  "Write a report of a stored run, or of several beside each other, as one HTML file.",
)
  .argument("[runs...]", 'their ids, beginnings of them, "last", "last~1"; default: last')
  .addOption(databaseOption())
  .addOption(
    new Option("-o, --out <file>", "where to write it").default("report.html"),
  )
  .addOption(new Option("--title <text>", "instead of the model's name, in the window's title"))
  .addOption(new Option("--json", "print path, bytes and runs as JSON"))
  .addHelpText(
    "after",
    `
The file needs no network and no server: open it from disk, print it, send it.
With several runs, the first is what the others are compared with.

Examples:
  deno task report
  deno task report 20261123-0530 -o out/tinytales.html
  deno task report last~1 last -o before-after.html`,
  )
  .action(async (named, { db, out, title, json = false }) => {
    const ids = named.length === 0 ? ["last"] : named;
    using database = ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true });
    const startMs = nowMs();
    const bar = new ProgressBar(json);
    bar.draw(0, "reading");
    const read = ids.map((id) => reportedRun(database, id));
    // Runs beside each other are compared, one with the first.
    const runs = read.length === 1 ? read : await Promise.all(
      read.map(async (one) => ({ ...one, run: await withDraws(one.run, database) })),
    );
    bar.draw(0.3, "drawing");
    const path = userPath(out);
    const bytes = await saveReport(path, runs, title === undefined ? {} : { title });
    bar.clear();
    if (json) {
      printJson({ path, bytes, runs: runs.map(({ run }) => run.runId) });
    } else {
      console.log(path);
      console.error(`${threeDigits(bytes / 1e3)} kB in ${formatMs(nowMs() - startMs)}`);
    }
  });

if (import.meta.main) await runCommand(task);
