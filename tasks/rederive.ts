/**
 * `deno task rederive RUN`: derived rows again, from what was recorded.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { ProfileDatabase, rederiveRun, resultOf, type RunChange } from "../lib/store/mod.ts";
import {
  command,
  complain,
  databaseOption,
  EXIT,
  ExitWith,
  runCommand,
  userPath,
} from "./frame/mod.ts";

/** So many changes are printed; --json has them all. */
const SHOWN = 20;

const task = command("rederive", "Make a run's derived rows again from its raw power records.")
  .argument("[run]", 'its id, the beginning of it, or "last"', "last")
  .addOption(databaseOption())
  .addOption(new Option("--dry-run", "only say what would change"))
  .addOption(new Option("--json", "print the changes as JSON"))
  .addHelpText(
    "after",
    `
The samples are parsed, dated and checked again. Where they come out as they were stored, the
figures and summaries of the run are written again; where they do not, the differences are printed,
nothing is written, and the exit code is 1.

Examples:
  deno task rederive last --dry-run
  deno task rederive 20261123-0530 --json`,
  )
  .action(async (id, { db, dryRun = false, json }) => {
    ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true }).close();
    using database = ProfileDatabase.open(userPath(db));
    const run = database.getRunSummary(id);
    if (run && run.figures === null) {
      throw new InputError(`Cannot rederive run "${id}": it has no result (${run.status})`, {
        remedy: "choose a run that came to an end",
      });
    }
    // Energies follow from the samples by what profile() knew of its clocks; until profile/ offers
    // that for stored runs, other samples must not stand beside energies of the old ones.
    const changes = await rederiveRun(database, id, ({ run, power }) => {
      const result = resultOf(run);
      return { ...result, trace: { ...result.trace, samples: power.samples } };
    });
    const isWritten = changes.length === 0 && !dryRun;
    if (isWritten && run) database.replaceResult(run.runId, resultOf(database.getRun(run.runId)!));
    if (json) console.log(JSON.stringify({ run: run?.runId, changes, isWritten }, null, 2));
    else for (const line of lines(changes, isWritten)) console.log(line);
    if (changes.length === 0) return;
    complain(`${changes.length} values come out otherwise; nothing was written`);
    throw new ExitWith(EXIT.failed);
  });

function lines(changes: readonly RunChange[], isWritten: boolean): string[] {
  if (changes.length === 0) {
    const done = isWritten ? "; figures and summaries are written again" : "";
    return [`The samples come out as they are stored${done}`];
  }
  const text = (value: unknown) => JSON.stringify(value) ?? "nothing";
  return changes.slice(0, SHOWN)
    .map(({ name, before, after }) => `${name}: ${text(before)} → ${text(after)}`);
}

if (import.meta.main) await runCommand(task);
