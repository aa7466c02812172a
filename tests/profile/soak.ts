/**
 * A process that profiles again and again, and after each run says what it holds and what it found:
 * `deno run -A --v8-flags=--expose-gc tests/profile/soak.ts SECONDS ENGINE DATABASE`, a JSON object a
 * line.
 *
 * @module
 */
import { nowMs, wallAheadMs } from "../../lib/clock.ts";
import type { EngineName } from "../../lib/inference/mod.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";

/** The process after a run, and what the run says. */
export interface SoakLine {
  /** Since the process began, in ms. */
  atMs: number;
  /** Resident memory after garbage was collected, in bytes. */
  rssBytes: number;
  /** Open files; `null` where the system does not tell. */
  files: number | null;
  /** Threads; `null` where the system does not tell. */
  threads: number | null;
  /** Mean power while it decoded, in mW: what is simulated does not change. */
  decodeMw: number;
  /** Time of a decode step, in ms. */
  tokenMs: number;
  /** How far the wall clock is ahead of ours, in ms. */
  wallAheadMs: number;
  /** Tokens in the database ÷ tokens that the run says it measured. */
  keptShare: number;
  status: string;
}

/** Fewer tell little. */
const LEAST_RUNS = 14;

/** The database is kept to so many runs, as a user's would be to a size. */
const KEPT_RUNS = 20;

if (import.meta.main) {
  const [seconds, engine, path] = [Number(Deno.args[0]), Deno.args[1] as EngineName, Deno.args[2]!];
  const model = await loadModel("models/tinytales");
  const beganMs = nowMs();
  for (let run = 0; run < LEAST_RUNS || nowMs() - beganMs < seconds * 1000; run++) {
    using database = ProfileDatabase.open(path);
    const { runId, status, totals, measured, tokens, phases } = await profile(
      model,
      "Once upon a time",
      {
        source: "rig:m4max",
        intervalMs: 50,
        baselineSeconds: 0,
        minSeconds: 0.2,
        warmup: 0,
        maxNewTokens: 8,
        threads: 1,
        engine,
        depth: run % 4 === 3 ? "component" : "token",
        database,
      },
    );
    const decode = phases.find(({ phase }) => phase === "decode")!;
    const keptShare = database.getTokens(runId).length / (measured.repetitions * tokens.length);
    database.prune({ maxRuns: KEPT_RUNS });
    (globalThis as { gc?: () => void }).gc?.();
    const line: SoakLine = {
      atMs: nowMs() - beganMs,
      rssBytes: Deno.memoryUsage().rss,
      files: entriesIn("/proc/self/fd"),
      threads: entriesIn("/proc/self/task"),
      decodeMw: decode.energy.mj! / decode.durationMs * 1000,
      tokenMs: 1000 / (totals.tokensPerSecond ?? NaN),
      wallAheadMs: wallAheadMs(),
      keptShare,
      status,
    };
    console.log(JSON.stringify(line));
  }
}

function entriesIn(folder: string): number | null {
  try {
    return [...Deno.readDirSync(folder)].length;
  } catch {
    return null;
  }
}
