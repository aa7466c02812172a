/**
 * `deno task runs`: the runs in a database, newest first.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { ProfileDatabase, type RunFilter, type RunMetric } from "../lib/store/mod.ts";
import {
  asTyped,
  command,
  databaseOption,
  integer,
  number,
  printJson,
  runCommand,
  userPath,
} from "./frame/mod.ts";
import { parseDate } from "./runs/dates.ts";
import { listing } from "./runs/listing.ts";
import { statisticsLines } from "./runs/statistics.ts";

export const task = command("runs", "List the runs in a database, newest first.")
  .addOption(databaseOption())
  .addOption(new Option("--limit <count>", "how many").argParser(integer(1)).default(20))
  .addOption(new Option("--page <number>", "which page of them").argParser(integer(1)).default(1))
  .addOption(new Option("--sort <figure>", "such as joulesPerToken, tokensPerSecond, edpJs"))
  .addOption(new Option("--ascending", "the least first"))
  .addOption(new Option("--model <name>", "only runs of this model or family"))
  .addOption(
    new Option("--status <status>", "only runs of this status")
      .choices(["running", "complete", "interrupted", "failed"] as const),
  )
  .addOption(new Option("--experiment <name>", "only runs of this experiment"))
  .addOption(new Option("--tag <tag>", "only runs with this tag"))
  .addOption(new Option("--engine <name>", "only runs of this engine"))
  .addOption(new Option("--ep <name>", "only runs on this execution provider"))
  .addOption(new Option("--precision <name>", "only models of this precision"))
  .addOption(new Option("--host <name>", "only runs on this machine"))
  .addOption(new Option("--source <name>", "only runs whose power came from there"))
  .addOption(new Option("--since <date>", "only runs from then on").argParser(parseDate))
  .addOption(new Option("--until <date>", "only runs before then").argParser(parseDate))
  .addOption(new Option("--min-joules <j>", "at least so much a token").argParser(number(0)))
  .addOption(new Option("--max-joules <j>", "at most so much a token").argParser(number(0)))
  .addOption(new Option("--stats", "say what the database holds instead"))
  .addOption(new Option("--json", "print them as JSON"))
  .addHelpText(
    "after",
    `
Examples:
  deno task runs
  deno task runs --model llama --limit 5
  deno task runs --since 2026-11-01 --sort joulesPerToken --ascending
  deno task runs --status complete --json
  deno task runs --stats`,
  )
  .action((options) => {
    using database = ProfileDatabase.open(userPath(options.db), { readOnly: true, upgrade: true });
    const print = (value: unknown, lines: () => string[]) => {
      if (options.json) printJson(value);
      else for (const line of lines()) console.log(line);
    };
    if (options.stats) {
      const stats = database.stats();
      return print(stats, () => statisticsLines(stats));
    }
    const filter = filterOf(options);
    const runs = database.getRuns(filter);
    print(runs, () => {
      const all = database.countRuns(filter);
      if (runs.length === 0) return [nothing(database, all)];
      const more = runs.length < all
        ? [`${runs.length} of ${all} runs; --page ${options.page + 1} shows more`]
        : [];
      return [...listing(runs), ...(options.page * options.limit < all ? more : [])];
    });
  });

function nothing(database: ProfileDatabase, matching: number): string {
  if (matching > 0) return `Only ${matching} runs match: this page is behind the last`;
  return database.countRuns() === 0
    ? asTyped("No runs yet; deno task profile makes one")
    : "No run matches";
}

function filterOf(options: ReturnType<typeof task.opts>): RunFilter {
  const { limit, page, sort, ep, since, until, minJoules, maxJoules, ascending = false } = options;
  const { model, status, experiment, tag, engine, precision, host, source } = options;
  const asked = {
    model,
    status,
    experiment,
    tag,
    engine,
    precision,
    host,
    source,
    provider: ep,
    sort: sort as RunMetric | undefined,
    sinceMs: since,
    untilMs: until,
    minJoulesPerToken: minJoules,
    maxJoulesPerToken: maxJoules,
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { limit, offset: (page - 1) * limit, ascending, ...Object.fromEntries(given) };
}

if (import.meta.main) await runCommand(task);
