import { type Command, Option } from "@commander-js/extra-typings";
import { InputError } from "../../lib/errors.ts";
import type { AcceptedDifference } from "../../lib/analysis/mod.ts";
import type { RunFilter, RunListing, RunReader } from "../../lib/store/mod.ts";
import { databaseOption } from "../frame/mod.ts";
import { parseDate } from "../runs/dates.ts";

/** Which runs an answer is made of, as flags say it. */
export type FilterFlags = {
  db: string;
  experiment?: string;
  tag?: string;
  model?: string;
  precision?: string;
  engine?: string;
  ep?: string;
  host?: string;
  source?: string;
  since?: number;
  until?: number;
  accept: AcceptedDifference[];
  json?: true;
};

/** Gives a command the flags that choose runs. */
export function withFilters(command: Command): Command<[], FilterFlags> {
  return command
    .addOption(databaseOption())
    .addOption(new Option("--experiment <name>", "only runs of this experiment"))
    .addOption(new Option("--tag <tag>", "only runs with this tag"))
    .addOption(new Option("--model <name>", "only runs of this model or family"))
    .addOption(new Option("--precision <name>", "only models of this precision"))
    .addOption(new Option("--engine <name>", "only runs of this engine"))
    .addOption(new Option("--ep <name>", "only runs on this execution provider"))
    .addOption(new Option("--host <name>", "only runs on this machine"))
    .addOption(new Option("--source <name>", "only runs whose power came from there"))
    .addOption(new Option("--since <date>", "only runs from then on").argParser(parseDate))
    .addOption(new Option("--until <date>", "only runs before then").argParser(parseDate))
    .addOption(
      new Option("--accept <what...>", "take runs together that differ in this")
        .choices(["host", "source"] as const).default([] as AcceptedDifference[]),
    )
    .addOption(new Option("--json", "print the result as JSON")) as unknown as Command<
      [],
      FilterFlags
    >;
}

/** All complete runs that the flags choose, the oldest first. */
export function chosenRuns(database: RunReader, flags: FilterFlags): RunListing[] {
  return database.getRuns({ ...filterOf(flags), status: "complete", limit: -1, ascending: true });
}

/** The same as the store takes it. */
export function filterOf(flags: Partial<FilterFlags>): RunFilter {
  const { experiment, tag, model, precision, engine, ep, host, source, since, until } = flags;
  const asked = { experiment, tag, model, precision, engine, provider: ep, host, source };
  const given = Object.entries({ ...asked, sinceMs: since, untilMs: until })
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** Ends an answer that no run was chosen for. */
export function refuseNone(what: string, db: string): never {
  throw new InputError(`Cannot ${what}: no complete run in ${db} matches`, {
    remedy: "deno task runs lists those that are there",
  });
}
