/**
 * Arms as people type them: runs by name, or every run with a label in common.
 *
 * @module
 */
import { InputError } from "../../lib/errors.ts";
import { useOneOf } from "../../lib/nearest.ts";
import { noSuchRun, type RunListing, type RunReader } from "../../lib/store/mod.ts";
import { chosenRuns, type FilterFlags, refuseNone } from "./filters.ts";

/** Runs that are set against others. */
export interface Arm {
  label: string;
  runs: RunListing[];
}

/** What runs can be told apart by. */
const KEYS = ["model", "precision", "engine", "ep", "tag", "experiment", "host"] as const;
type Key = (typeof KEYS)[number];

/** `precision:int8`, `tag:warm,model:llama`, a run's id, `last~1`. */
export function armOf(text: string, database: RunReader, flags: FilterFlags): Arm {
  if (!text.includes(":")) return { label: text, runs: [runOf(text, database, flags.db)] };
  const conditions = Object.fromEntries(text.split(",").map((part) => conditionOf(part, text)));
  const runs = chosenRuns(database, { ...flags, ...conditions });
  if (runs.length === 0) refuseNone(`compare "${text}"`, flags.db);
  return { label: Object.values(conditions).join(" "), runs };
}

/** One arm for each value that the chosen runs have. */
export function armsBy(text: string, database: RunReader, flags: FilterFlags): Arm[] {
  const [key, only] = splitOnce(text);
  checkKey(key, text);
  const runs = chosenRuns(database, flags);
  if (runs.length === 0) refuseNone("compare", flags.db);
  const labels = (run: RunListing): string[] =>
    valuesOf(run, key).filter((value) => only === null || value.startsWith(only));
  const names = [...new Set(runs.flatMap(labels))];
  if (names.length < 2) {
    throw new InputError(
      `Cannot compare by ${text}: the ${runs.length} runs have ${
        names.length === 0 ? "none" : `"${names[0]}" only`
      }`,
      { remedy: "choose what differs between them, or fewer filters" },
    );
  }
  return names.map((label) => ({ label, runs: runs.filter((run) => labels(run).includes(label)) }));
}

function runOf(text: string, database: RunReader, db: string): RunListing {
  const run = database.getRun(text);
  if (run) return run;
  throw noSuchRun(database, "compare", text, db);
}

function conditionOf(part: string, text: string): [Key, string] {
  const [key, value] = splitOnce(part);
  checkKey(key, text);
  if (value === null || value === "") {
    throw new InputError(`Cannot read the arm "${text}": "${part}" has no value`, {
      remedy: `write ${key}:VALUE`,
    });
  }
  return [key, value];
}

function checkKey(key: string, text: string): asserts key is Key {
  if (KEYS.some((known) => known === key)) return;
  throw new InputError(`Cannot tell runs apart by "${key}" (in "${text}")`, {
    remedy: useOneOf(key, KEYS),
  });
}

function splitOnce(text: string): [string, string | null] {
  const at = text.indexOf(":");
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function valuesOf({ model, details, tags, experiment, host }: RunListing, key: Key): string[] {
  if (key === "tag") return tags;
  const value = {
    model: model.name,
    precision: model.precision,
    engine: details.engine,
    ep: details.provider,
    experiment,
    host: host.hostname,
  }[key];
  return typeof value === "string" ? [value] : [];
}
