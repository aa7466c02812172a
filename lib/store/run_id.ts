import { InputError } from "../errors.ts";
import type { Rail, RunStatus } from "../record.ts";
import type { Sql } from "./sql.ts";
import type { RunOrigin } from "./write_rows.ts";

/** `20261123-053012-a3f9c2`: UTC to the second, so that ids sort by time, and six random digits. */
export function newRunId(atMs: number): string {
  const [date, time] = new Date(atMs).toISOString().replace(/[-:]|\..*/g, "").split("T");
  const random = crypto.getRandomValues(new Uint8Array(3)).toHex();
  return `${date}-${time}-${random}`;
}

/** A run that was found, with what is needed to read its rows. */
export interface FoundRun extends RunOrigin {
  runId: string;
  status: RunStatus;
  rails: Rail[];
  totalRails: Rail[];
}

/**
 * The run that `reference` names: its id, "last", "last~1" for the one before, or the beginning of its
 * id or of its random part.
 * `null` where there is none; throws an `InputError` where there are several.
 */
export function findRun(sql: Sql, reference: string): FoundRun | null {
  const [found, ...others] = candidates(sql, reference);
  if (!found) return null;
  if (others.length > 0) {
    const some = [found, ...others].slice(0, 3).map((run) => run.run_id).join(", ");
    throw new InputError(
      `Cannot tell which run "${reference}" is: ${some}${others.length > 2 ? ", …" : ""} match`,
      { remedy: "type more of the id" },
    );
  }
  return {
    key: found.id,
    runId: found.run_id,
    status: found.status,
    startedAtMs: found.started_at_ms,
    rails: JSON.parse(found.rails),
    totalRails: JSON.parse(found.total_rails),
  };
}

interface Candidate {
  id: number;
  run_id: string;
  status: RunStatus;
  started_at_ms: number;
  rails: string;
  total_rails: string;
}

function candidates(sql: Sql, reference: string): Candidate[] {
  const select = "SELECT id, run_id, status, started_at_ms, rails, total_rails FROM profiling_runs";
  const last = reference.match(/^last(?:~(\d{1,9}))?$/);
  if (last) {
    const before = Number(last[1] ?? 0);
    return sql.all(`${select} ORDER BY started_at_ms DESC, id DESC LIMIT 1 OFFSET ?`, before);
  }
  const exact = sql.all<Candidate>(`${select} WHERE run_id = ?`, reference);
  // Only digits of an id: whatever else was typed must not act as a wildcard.
  if (exact.length > 0 || !/^[0-9a-f][0-9a-f-]*$/.test(reference)) return exact;
  return sql.all(
    `${select} WHERE run_id GLOB ? OR run_id GLOB ? ORDER BY run_id DESC LIMIT 4`,
    `${reference}*`,
    `????????-??????-${reference}*`,
  );
}
