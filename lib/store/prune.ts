import { InputError } from "../errors.ts";
import { asItIs } from "./liveness.ts";
import type { PruneOptions, PruneOutcome } from "./upkeep.ts";
import { LISTING_COLUMNS, listingOf, type RunRow } from "./run_columns.ts";
import type { Sql } from "./sql.ts";

/** Thrown to undo a dry run; it leaves nothing behind but what it found out. */
class Undo extends Error {}

/**
 * Deletes the oldest runs until all limits hold. A dry run does the very same and takes it back, so
 * that what it says is what would happen.
 */
export function pruneRuns(
  sql: Sql,
  options: PruneOptions,
  abandoned: ReadonlySet<string>,
  nowMs: number,
): PruneOutcome {
  const { maxAgeDays = Infinity, maxRuns = Infinity, maxBytes = Infinity, dryRun = false } =
    options;
  for (const [name, value] of Object.entries({ maxAgeDays, maxRuns, maxBytes })) {
    if (value >= 0) continue;
    throw new InputError(`Cannot prune with ${name} ${value}`, { remedy: "pass 0 or more" });
  }
  if (Math.min(maxAgeDays, maxRuns, maxBytes) === Infinity) {
    throw new InputError("Cannot prune without a limit", {
      remedy: "say how old, how many or how large the runs may be",
    });
  }
  const bytesBefore = usedBytes(sql);
  const outcome: PruneOutcome = { runs: [], bytesBefore, bytesAfter: bytesBefore };
  try {
    sql.transaction(() => {
      const rows = sql.all<RunRow>(
        `SELECT ${LISTING_COLUMNS} FROM profiling_runs ORDER BY started_at_ms, id`,
      );
      let left = rows.length;
      for (const row of rows) {
        const run = listingOf(asItIs(row, abandoned));
        if (run.status === "running") continue;
        const isOld = run.startedAtMs < nowMs - maxAgeDays * 86_400_000;
        if (!isOld && left <= maxRuns && outcome.bytesAfter <= maxBytes) break;
        sql.run("DELETE FROM profiling_runs WHERE id = ?", row.id ?? null);
        left--;
        outcome.runs.push(run);
        outcome.bytesAfter = usedBytes(sql);
      }
      if (dryRun) throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  if (!dryRun) {
    shrink(sql);
    outcome.bytesAfter = usedBytes(sql);
  }
  return outcome;
}

/** Gives free pages back to the disk. Readers go on; another writer is waited for. */
function shrink(sql: Sql): void {
  try {
    sql.exec("VACUUM");
  } catch (error) {
    // VACUUM attaches a database of its own, which node:sqlite forbids unless a process may do
    // everything, and no task of ours may (denoland/deno#28667). Free pages can be given back
    // without; only half-empty ones then stay as they are.
    if (!/too many attached databases/.test(String(error))) throw error;
    sql.exec("PRAGMA incremental_vacuum");
  }
  sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Bytes that hold something; the file may be larger. */
export function usedBytes(sql: Sql): number {
  const size = sql.get<{ bytes: number }>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  return size!.bytes;
}
