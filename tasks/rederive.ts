/**
 * `deno task rederive RUN`: derived rows again, from what was recorded.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { summarizeStored } from "../lib/profile/mod.ts";
import { visibleText } from "../lib/safe_text.ts";
import {
  ProfileDatabase,
  type RederiveOutcome,
  rederiveRun,
  type RunChange,
} from "../lib/store/mod.ts";
import {
  command,
  complain,
  databaseOption,
  EXIT,
  ExitWith,
  printJson,
  runCommand,
  userPath,
} from "./frame/mod.ts";

/** So many changes are printed; --json has them all. */
const SHOWN = 20;

export const task = command(
  "rederive",
  "Make a run's derived rows again from its raw power records.",
)
  .argument("[run]", 'its id, the beginning of it, or "last"', "last")
  .addOption(databaseOption())
  .addOption(new Option("--dry-run", "only say what would change"))
  .addOption(new Option("--json", "print the changes as JSON"))
  .addHelpText(
    "after",
    `
The power records are parsed, dated and checked again, energies attributed to phases, tokens, layers
and components again, and all rows that follow are written in the place of the old ones. Nothing
changes but what this version of Tokenwatt computes otherwise. No model is needed.

Runs of versions that kept less are compared only. The exit code is 1 where something differs and
was not written.

Examples:
  deno task rederive last --dry-run
  deno task rederive 20261123-0530 --json`,
  )
  .action(async (id, { db, dryRun = false, json }) => {
    // A path that is wrong must not make a database.
    ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true }).close();
    using database = ProfileDatabase.open(userPath(db));
    const outcome = await rederiveRun(database, id, summarizeStored, { write: !dryRun });
    if (json) printJson(outcome);
    else for (const line of lines(outcome)) console.log(line);
    if (outcome.changes.length === 0 || outcome.isWritten) return;
    complain(`${outcome.changes.length} values come out otherwise; nothing was written`);
    throw new ExitWith(EXIT.failed);
  });

function lines({ runId, changes, lacks, isWritten }: RederiveOutcome): string[] {
  const note = lacks === null ? [] : [`Made without ${lacks}: compared only.`];
  if (changes.length === 0) {
    return [`Run ${runId} comes out bit for bit as it is stored`, ...note];
  }
  const more = changes.length - SHOWN;
  return [
    ...changes.slice(0, SHOWN).map(lineOf),
    ...(more > 0 ? [`… and ${more} more (--json has them all)`] : []),
    ...note,
    ...(isWritten ? [`${changes.length} values of run ${runId} are written again`] : []),
  ];
}

function lineOf({ name, before, after }: RunChange): string {
  const text = (value: unknown) => visibleText(JSON.stringify(value) ?? "nothing");
  return `${name}: ${text(before)} → ${text(after)}`;
}

if (import.meta.main) await runCommand(task);
