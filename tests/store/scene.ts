import { join } from "node:path";
import { nodeSqlite, ProfileDatabase, type SqliteConnection } from "../../lib/store/mod.ts";
import type { ProfilingRun, RunHeader } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";

/** A folder of its own for a database, gone with the scope. */
export function scratch(): Disposable & { folder: string; path: string } {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-store-" });
  return {
    folder,
    path: join(folder, "runs.db"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** What `profile()` would say before it begins the sample run. */
export function headerOf(run: ProfilingRun, more: Partial<RunHeader> = {}): RunHeader {
  const { model, prompt, power, trace } = run;
  const startedAtMs = trace.samples[0]!.startMs;
  return { model, prompt, power, startedAtMs, options: { maxNewTokens: 24 }, ...more };
}

/** Stores a whole run as `profile()` does: live batches, then the result. */
export function store(
  database: ProfileDatabase,
  run: ProfilingRun = sampleRun(),
  more: Partial<RunHeader> = {},
): string {
  const runId = database.createRun(headerOf(run, more));
  database.addPowerSamples(runId, run.trace.samples.slice(0, 10));
  database.addTokens(runId, run.trace.tokens.slice(0, 5));
  database.finishRun(runId, { status: "complete", result: run });
  return runId;
}

/** A connection of its own, as other programs would have. */
export function connect(path: string): SqliteConnection & Disposable {
  // Never a second SQLite library in one process: each would drop the other's POSIX locks.
  const connection = nodeSqlite(path, { readOnly: false });
  return Object.assign(connection, { [Symbol.dispose]: () => void connection.close() });
}

/** Asks a file by plain SQL, as other programs would. */
export function query<Row = Record<string, unknown>>(path: string, sql: string): Row[] {
  using connection = connect(path);
  // Some drivers refuse to read rows of a statement that has none.
  if (!/^\s*(SELECT|EXPLAIN|WITH|PRAGMA \w+$)/.test(sql)) {
    connection.exec(sql);
    return [];
  }
  return connection.prepare(sql).all().map((row) => ({ ...row as Row }));
}
