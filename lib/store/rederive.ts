import { InputError } from "../errors.ts";
import type { RederivedPower } from "../power/mod.ts";
import type { ProfilingRun, StoredSection } from "../record.ts";
import type { ProfileDatabase } from "./database.ts";
import type { StoredRun } from "./rows.ts";

/** What a stored run offers to who derives its result again. */
export interface StoredEvidence {
  /** As it is stored, its trace with the times of all tokens and phases. */
  run: StoredRun;
  /** Sections inside of phases, of all repetitions. */
  sections: Required<StoredSection>[];
  /** Samples, alignment and findings, made again from the raw records. */
  power: RederivedPower;
}

/** A figure that came out otherwise. */
export interface RunChange {
  /** Which one: `totals.energyMj`, `trace.samples`, … */
  name: string;
  /** What the database held. */
  before: unknown;
  /** What comes out now. */
  after: unknown;
}

/** Rows hold nJ and ns; what is closer than that is the same. */
const LEAST = 1e-6;

/**
 * Makes a run's result again from its raw power records and its times, and says what changed.
 * With `write`, the new result and all that follows from it take the place of the old.
 *
 * @param summarize makes a result of the evidence
 * @throws {InputError} if there is no such run, it is still running, or it keeps no raw records
 */
export async function rederiveRun(
  database: ProfileDatabase,
  reference: string,
  summarize: (evidence: StoredEvidence) => ProfilingRun,
  { write = false }: { write?: boolean } = {},
): Promise<RunChange[]> {
  const evidence = await storedEvidence(database, reference);
  const { run } = evidence;
  const result = summarize(evidence);
  const changes = [
    ...differences("power", run.power, result.power),
    ...differences("measured", run.measured, result.measured),
    ...differences("totals", run.totals, result.totals),
    ...differences("phases", run.phases, result.phases),
    ...differences("tokens", run.tokens, result.tokens),
    ...differences("findings", run.findings, result.findings),
    ...differences("trace", run.trace, result.trace),
  ];
  if (write) database.replaceResult(run.runId, result);
  return changes;
}

/** What is stored of a run that its result can be made of again. */
export async function storedEvidence(
  database: ProfileDatabase,
  reference: string,
): Promise<StoredEvidence> {
  const refuse = (found: string, remedy: string) =>
    new InputError(`Cannot rederive run "${reference}": ${found}`, { remedy });
  const run = database.getRun(reference);
  if (!run) {
    throw refuse(
      `${database.path} holds no such run`,
      "deno task runs lists those that are there",
    );
  }
  if (run.status === "running") throw refuse("it is still running", "wait until it has ended");
  const raw = database.getRawPower(run.runId);
  if (raw.length === 0) throw refuse("it keeps no raw power records", "choose another run");
  // Who only lists runs needs no reader of power records.
  const { rederivePower } = await import("../power/mod.ts");
  return {
    run,
    sections: database.getSections(run.runId),
    power: await rederivePower(raw, run.power.intervalMs),
  };
}

/** Figures that differ, by their path; lists of other lengths are one difference. */
function differences(name: string, before: unknown, after: unknown): RunChange[] {
  if (typeof before === "number" && typeof after === "number") {
    return Math.abs(before - after) <= LEAST ? [] : [{ name, before, after }];
  }
  if (!isObject(before) || !isObject(after)) {
    return Object.is(before ?? null, after ?? null) ? [] : [{ name, before, after }];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    return [{ name: `${name}.length`, before: before.length, after: after.length }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(`${name}.${key}`, before[key], after[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
