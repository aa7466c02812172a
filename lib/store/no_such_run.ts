import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { RunReader } from "./run_reader.ts";

/** So many of the newest runs are looked through for what was meant. */
const LOOKED_THROUGH = 200;

/** Ids of one day look alike: more wrong letters than these, and it is a guess. */
const MOST_CHANGES = 2;

/**
 * The error for a run that was asked for and is not there, with the one that was probably meant.
 *
 * @param action what was tried, as in "Cannot ACTION run X"
 * @param where the database, as the user knows it
 */
export function noSuchRun(
  database: RunReader,
  action: string,
  reference: string,
  where: string,
): InputError {
  const ids = database.getRuns({ limit: LOOKED_THROUGH }).map(({ runId }) => runId);
  const what = `Cannot ${action} run "${reference}"`;
  if (ids.length === 0) {
    return new InputError(`${what}: ${where} holds no run yet`, {
      remedy: "deno task profile makes one",
    });
  }
  const meant = reference === "" ? null : nearest(reference, ids, MOST_CHANGES);
  const question = meant === null ? "" : `did you mean ${meant}? `;
  return new InputError(`${what}: ${where} holds no such run`, {
    remedy: `${question}deno task runs lists those that are there`,
  });
}
