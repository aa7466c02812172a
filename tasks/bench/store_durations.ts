/**
 * What the store takes to answer when it is large, and to write while a run goes on.
 *
 * @module
 */
import { join } from "node:path";
import { nowMs, ProfileDatabase } from "@tokenwatt/tokenwatt";
import type { DurationMeasure, Opened } from "./duration.ts";
import { percentile } from "./statistics.ts";
import { LARGE, largeStore } from "./store/large.ts";
import { fill, tokensOf } from "./store/rows.ts";

/** Calls of a round: the figure is what only one in twenty of them takes longer than. */
const CALLS = 40;

type Query = (database: ProfileDatabase, runId: string, path: string) => unknown;

/** All of them, in the order of the table. */
export const STORE_DURATIONS: readonly DurationMeasure[] = [
  query("store-open", "ProfileDatabase.open()", 20, (_database, _runId, path) => {
    ProfileDatabase.open(path, { readOnly: true }).close();
  }),
  query("store-summary", "getRunSummary()", 50, (database, runId) => database.getRunSummary(runId)),
  query("store-runs", "getRuns(), first page", 10, (database) => database.getRuns()),
  query(
    "store-page",
    "getRuns(), page 10 by J/token",
    10,
    (database) => database.getRuns({ sort: "joulesPerToken", offset: 450 }),
  ),
  query(
    "store-filter",
    "getRuns() by model and date",
    10,
    (database) => database.getRuns({ model: "llama", sinceMs: 1 }),
  ),
  query(
    "store-search",
    "searchByPrompt(), a word of every run",
    20,
    (database) => database.searchByPrompt("upon"),
  ),
  query("store-stats", "stats()", null, (database) => database.stats()),
  {
    name: "store-write",
    title: `writing half a second of a run, p95 of ${CALLS}`,
    given: "16 tokens, 80 sections, 5 samples, 26 KB raw",
    budgetMs: null,
    rounds: 20,
    weight: 0.3,
    open: openWrites,
  },
];

function query(
  name: string,
  what: string,
  budgetMs: number | null,
  ask: Query,
): DurationMeasure {
  return {
    name,
    title: `\`${what.replace(/(, .*| by .*|$)/, "`$1")}, p95 of ${CALLS}`,
    given: LARGE,
    budgetMs,
    rounds: 20,
    weight: 0.3,
    async open() {
      const { path, deepIds } = await largeStore();
      const database = ProfileDatabase.open(path, { readOnly: true });
      let turn = 0;
      return {
        timed: () => p95(() => ask(database, deepIds[turn++ * 7 % deepIds.length]!, path)),
        [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
      };
    },
  };
}

/** What `profile()` writes every half second. */
function openWrites(): Promise<Opened> {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-" });
  const database = ProfileDatabase.open(join(folder, "live.db"));
  const runId = fill(database, 1);
  const { trace } = tokensOf(16, 0);
  const gzip = crypto.getRandomValues(new Uint8Array(26_000));
  let written = 1;
  const write = () => {
    const tokens = trace.tokens.map((token) => ({ ...token, index: written++ }));
    const sections = tokens.flatMap(({ startMs, endMs, phase }) =>
      Array.from({ length: 5 }, (_, i) => ({ repetition: 0, phase, name: `s${i}`, startMs, endMs }))
    );
    database.addPowerSamples(runId, trace.samples.slice(0, 5));
    database.addRawPower(runId, { format: "plist", arrivalsMs: [1, 2, 3, 4, 5], gzip });
    database.addTokens(runId, tokens);
    database.addPipelineSection(runId, sections);
  };
  return Promise.resolve({
    timed: () => p95(write),
    async [Symbol.asyncDispose]() {
      database.close();
      await Deno.remove(folder, { recursive: true });
    },
  });
}

function p95(work: () => unknown): { ms: number } {
  const times = Array.from({ length: CALLS }, () => {
    const startMs = nowMs();
    work();
    return nowMs() - startMs;
  });
  return { ms: percentile(times, 95) };
}
