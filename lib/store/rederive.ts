import { InputError } from "../errors.ts";
import { noSuchRun } from "./no_such_run.ts";
import type { RederivedPower } from "../power/mod.ts";
import type { ComponentMetric, StoredSection } from "../record.ts";
import { ProfileDatabase } from "./database.ts";
import { unpackEvidence } from "./evidence.ts";
import type { DerivedRows } from "./replace_result.ts";
import { runDocument } from "./run_document.ts";
import type { StoredRun } from "./rows.ts";

/** What a stored run offers to who derives its result again. */
export interface StoredEvidence {
  /** As it is stored, its trace with the times of all tokens and phases. */
  run: StoredRun;
  /** Sections inside of phases, of all repetitions. */
  sections: Required<StoredSection>[];
  /** Components of all tokens that were looked into. */
  components: Required<ComponentMetric>[];
  /** Samples, alignment and findings, made again from the raw records. */
  power: RederivedPower;
  /** What `finishRun` was given beside the rows; `null` where it was given nothing. */
  evidence: object | null;
}

/** A result that was made again. */
export interface DerivedRun extends DerivedRows {
  /** What it was made without, as it was not kept; `null` where nothing is missing. */
  lacks: string | null;
}

/** A value that came out otherwise. */
export interface RunChange {
  /** Which one: `run.totals.energyMj`, `components.17.energyMj`, … */
  name: string;
  /** What the database held. */
  before: unknown;
  /** What comes out now. */
  after: unknown;
}

/** What came of deriving a run again. */
export interface RederiveOutcome {
  /** The run's whole id. */
  runId: string;
  /** What came out otherwise; empty where all is bit for bit as it is stored. */
  changes: RunChange[];
  /** What the new result was made without, for which it is not written; `null`: nothing. */
  lacks: string | null;
  /** Whether the new result stands in the place of the old. */
  isWritten: boolean;
}

/**
 * Makes all derived rows of a run again from its raw power records and its times, and says what
 * changed. With `write` they take the place of the old ones, in one transaction, unless they had to
 * be made of less than the old ones were.
 *
 * @param derive makes a result of the evidence: `summarizeStored`
 * @throws {InputError} if there is no such run, it is still running, has no result, or keeps no raw
 *   records
 */
export async function rederiveRun(
  database: ProfileDatabase,
  reference: string,
  derive: (evidence: StoredEvidence) => DerivedRun | Promise<DerivedRun>,
  { write = false }: { write?: boolean } = {},
): Promise<RederiveOutcome> {
  const evidence = await storedEvidence(database, reference);
  const { runId } = evidence.run;
  const derived = await derive(evidence);
  const before = runDocument(database, runId);
  // Compared as they would be read back: rounded to nJ and ns, and through JSON.
  using copy = ProfileDatabase.open(":memory:");
  copy.importRun(before);
  copy.replaceResult(runId, derived.run, derived);
  const changes = differences("", before, runDocument(copy, runId));
  const isWritten = write && derived.lacks === null;
  if (isWritten) database.replaceResult(runId, derived.run, derived);
  return { runId, changes, lacks: derived.lacks, isWritten };
}

/** What is stored of a run that its result can be made of again. */
export async function storedEvidence(
  database: ProfileDatabase,
  reference: string,
): Promise<StoredEvidence> {
  const refuse = (found: string, remedy: string) =>
    new InputError(`Cannot rederive run "${reference}": ${found}`, { remedy });
  const run = database.getRun(reference);
  if (!run) throw noSuchRun(database, "rederive", reference, database.path);
  const { runId, status, figures } = run;
  if (status === "running") throw refuse("it is still running", "wait until it has ended");
  if (figures === null) {
    throw refuse(`it has no result (${status})`, "choose a run that came to an end");
  }
  const raw = database.getRawPower(runId);
  if (raw.length === 0) throw refuse("it keeps no raw power records", "choose another run");
  // Who only lists runs needs no reader of power records.
  const { rederivePower } = await import("../power/mod.ts");
  const packed = database.getEvidence(runId);
  return {
    run,
    sections: database.getSections(runId),
    components: database.getComponentMetrics(runId),
    power: await rederivePower(raw, run.power.intervalMs),
    evidence: packed && unpackEvidence(packed),
  };
}

/** Values that differ, by their path; lists of other lengths are one difference. */
function differences(name: string, before: unknown, after: unknown): RunChange[] {
  if (!isObject(before) || !isObject(after)) {
    return Object.is(before ?? null, after ?? null) ? [] : [{ name, before, after }];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    return [{ name: `${name}.length`, before: before.length, after: after.length }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const path = (key: string) => name === "" ? key : `${name}.${key}`;
  return [...keys].flatMap((key) => differences(path(key), before[key], after[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
