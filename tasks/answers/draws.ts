import type { RunRecord } from "../../lib/analysis/mod.ts";
import { InputError } from "../../lib/errors.ts";
import { storedDraws } from "../../lib/profile/mod.ts";
import { type ProfileDatabase, storedEvidence } from "../../lib/store/mod.ts";

/**
 * A stored run with its joint draws, made again from its raw records. A run that keeps too little for
 * that is left as it is: it is compared by its intervals.
 */
export async function withDraws<R extends RunRecord>(
  run: R,
  database: ProfileDatabase,
): Promise<R> {
  try {
    return { ...run, draws: storedDraws(await storedEvidence(database, run.runId)) };
  } catch (error) {
    if (error instanceof InputError) return run;
    throw error;
  }
}
