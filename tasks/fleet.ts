/**
 * `deno task fleet DIR`: runs of many machines in one folder, asked by DuckDB.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { InputError } from "../lib/errors.ts";
import {
  addToFleet,
  findRegressions,
  type Fleet,
  type FleetAddition,
  type FleetProblem,
  hostCosts,
  listFleet,
  strangeFiles,
} from "../lib/fleet/mod.ts";
import { visibleText } from "../lib/safe_text.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { openDuckdb } from "./fleet/duckdb.ts";
import { FIGURES_SQL, figuresOf, MOST_RUNS } from "./fleet/figures.ts";
import { additionLines, answerLines, hostLines, regressionLines } from "./fleet/lines.ts";
import { type Answer, ask } from "./fleet/query.ts";
import {
  command,
  databaseOption,
  EXIT,
  ExitWith,
  integer,
  interruptible,
  printJson,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";

const OVERVIEW_SQL = `SELECT host, count(*) AS runs, count(DISTINCT build) AS builds,
  min(date) AS first, max(date) AS last FROM runs GROUP BY host ORDER BY host`;

export const task = command("fleet", "Runs of many machines in one folder: add to it, ask it.")
  .argument("<folder>", "where all machines' runs are, on a disk or a share")
  .addOption(
    new Option("--add <run>", "add a run, by id or beginning of it; may be repeated")
      .argParser((run: string, before: string[] | undefined) => [...before ?? [], run]),
  )
  .addOption(new Option("--all", "add every run that has ended").conflicts("add"))
  .addOption(databaseOption())
  .addOption(
    new Option("--sql <select>", "ask by SQL, as DuckDB has it").conflicts(["add", "all"]),
  )
  .addOption(
    new Option("--report <name>", "J/token by host and build, or its steps over time")
      .choices(["hosts", "regressions"] as const).conflicts(["add", "all", "sql"]),
  )
  .addOption(
    new Option("--limit <rows>", "how many rows of --sql").argParser(integer(1, MOST_RUNS))
      .default(1000),
  )
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addHelpText(
    "after",
    `
Views: runs, phases, sections, tokens, power, layers, components, operations, statistics, experts,
summaries; each with run_id, host and date. docs/fleet.md has their columns. SQL can only read, and
only this folder. Files that are broken or not ours are named on stderr, and left out.

Examples:
  deno task fleet /mnt/fleet --all
  deno task fleet /mnt/fleet --add last
  deno task fleet /mnt/fleet
  deno task fleet /mnt/fleet --report regressions
  deno task fleet /mnt/fleet --sql "SELECT host, median(joules_per_token) FROM runs GROUP BY host"

Exit codes: 0 done, 2 bad input, 130 stopped by Ctrl-C.`,
  )
  .action(async (typed, { add, all = false, db, sql, report, limit, json = false }) => {
    const folder = resolve(userPath(typed));
    if (all || add) {
      const additions = await addRuns(userPath(db), add ?? null, folder);
      return print(json, additions, () => additionLines(additions));
    }
    refusePatterns(folder);
    const fleet = listFleet(folder);
    if (sql !== undefined) {
      const answer = await asked(fleet, sql, limit);
      return print(json, answer, () => answerLines(answer));
    }
    if (report === undefined) {
      const answer = await asked(fleet, OVERVIEW_SQL, MOST_RUNS);
      const problems = strangeFiles(fleet);
      tell(problems);
      const whole = { ...answer, problems: [...answer.problems, ...problems] };
      return print(json, whole, () => answerLines(whole));
    }
    const answer = await asked(fleet, FIGURES_SQL, MOST_RUNS);
    const figures = figuresOf(answer);
    const { problems } = answer;
    if (report === "hosts") {
      const hosts = hostCosts(figures);
      return print(json, { hosts, problems }, () => hostLines(hosts));
    }
    const histories = findRegressions(figures);
    print(json, { histories, problems }, () => regressionLines(histories));
  });

async function addRuns(
  path: string,
  runs: readonly string[] | null,
  folder: string,
): Promise<FleetAddition[]> {
  using signal = interruptible("Stopping after this run; those that are added stay");
  using database = ProfileDatabase.open(path, { readOnly: true, upgrade: true });
  const ids = runs ??
    database.getRuns({ limit: -1, ascending: true }).filter(({ status }) => status !== "running")
      .map(({ runId }) => runId);
  const bar = new ProgressBar(false);
  const additions: FleetAddition[] = [];
  try {
    for (const id of ids) {
      bar.draw(additions.length / ids.length, `${additions.length} of ${ids.length} runs`);
      additions.push(await addToFleet(database, id, folder));
      if (signal.aborted) throw new ExitWith(EXIT.interrupted);
    }
  } finally {
    bar.clear();
  }
  return additions;
}

/** An answer within what Ctrl-C leaves of it. */
async function asked(fleet: Fleet, sql: string, limit: number): Promise<Answer> {
  using signal = interruptible("Stopping the query");
  using connection = await openDuckdb(fleet.folder);
  // What interrupts no statement is lost: Ctrl-C may come before the first or between two.
  const pressing = setInterval(() => signal.aborted && connection.interrupt(), INTERRUPT_MS);
  try {
    const answer = await ask(connection, fleet, sql, limit);
    const problems = [...fleet.problems, ...answer.problems];
    tell(problems);
    return { ...answer, problems };
  } catch (error) {
    if (signal.aborted) throw new ExitWith(EXIT.interrupted);
    throw error;
  } finally {
    clearInterval(pressing);
  }
}

const INTERRUPT_MS = 50;
const MOST_TOLD = 20;

function tell(problems: readonly FleetProblem[]): void {
  for (const { path, reason } of problems.slice(0, MOST_TOLD)) {
    console.error(visibleText(`left out ${path}: ${reason}`));
  }
  const more = problems.length - MOST_TOLD;
  if (more > 0) console.error(visibleText(`and ${more} more; --json names all`));
}

function print(json: boolean, value: unknown, lines: () => string[]): void {
  if (json) printJson(value);
  else for (const line of lines()) console.log(line);
}

/** DuckDB takes these for patterns in every path, and has no way to say otherwise. */
function refusePatterns(folder: string): void {
  const found = folder.match(/[*?[\]]/)?.[0];
  if (found === undefined) return;
  throw new InputError(
    `Cannot query the fleet at "${folder}": DuckDB reads "${found}" as a pattern`,
    {
      remedy: `give the folder a name without "${found}"`,
    },
  );
}

if (import.meta.main) await runCommand(task);
