import type { ProfilingRun } from "../record.ts";
import type { Sql } from "./sql.ts";
import { asItIs } from "./liveness.ts";
import { partialResult } from "./partial_run.ts";
import { readSummary } from "./read_metrics.ts";
import { readTokens, readTrace } from "./read_rows.ts";
import type { RunSummary, StoredRun } from "./rows.ts";
import { listingOf, type RunRow } from "./run_columns.ts";
import { digest, tokenDistributions } from "./run_summary.ts";

type Parts = Pick<
  ProfilingRun,
  "phases" | "sections" | "tokens" | "groups" | "inside" | "latency" | "runtime"
>;
type Abandoned = ReadonlySet<string>;

/** A whole run. */
export function readRun(sql: Sql, key: number, abandoned: Abandoned): StoredRun {
  const row = sql.get<RunRow>("SELECT * FROM profiling_runs WHERE id = ?", key)!;
  const listing = listingOf(asItIs(row, abandoned));
  const origin = { key, startedAtMs: listing.startedAtMs };
  const trace = readTrace(sql, origin, listing.power.rails);
  const parts = meanRepetition(sql, key);
  const { measured, totals } = listing;
  if (parts && measured && totals) return { ...listing, ...parts, measured, totals, trace };
  const verdict = listing.verdict || `No result: ${listing.reason ?? "the run is still going on"}.`;
  return { ...listing, ...partialResult(trace), verdict, trace };
}

/** The figures of a run, from its row and the kept summary alone. */
export function readRunSummary(sql: Sql, key: number, abandoned: Abandoned): RunSummary {
  const row = sql.get<RunRow>("SELECT * FROM profiling_runs WHERE id = ?", key)!;
  const listing = listingOf(asItIs(row, abandoned));
  const layerComponents = readSummary(sql, key);
  return {
    ...listing,
    phases: meanRepetition(sql, key)?.phases ?? [],
    layerComponents,
    ...digest(layerComponents),
    tokens: tokenDistributions(readTokens(sql, { key, startedAtMs: listing.startedAtMs })),
  };
}

function meanRepetition(sql: Sql, key: number): Parts | null {
  const row = sql.get<{ json: string }>("SELECT json FROM mean_repetitions WHERE run = ?", key);
  return row ? { inside: null, latency: null, runtime: null, ...JSON.parse(row.json) } : null;
}
