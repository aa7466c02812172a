/**
 * How fast the store writes and answers: rows a second against a bare loop over one prepared
 * statement and against Python's `executemany`, all on the same schema, and the times of queries on
 * a database of 1,000 runs. Prints Markdown; docs/store.md keeps a result.
 *
 * `deno run -A tasks/bench/store.ts [number of runs with components; 0 leaves the queries out]`
 *
 * @module
 */
import { join } from "node:path";
import { nodeSqlite, ProfileDatabase } from "../../lib/store/mod.ts";
import { median } from "./statistics.ts";
import { storeRate } from "./store/ours.ts";
import { bareRate, pythonRate } from "./store/rivals.ts";
import { componentsOf, fill, tokensOf } from "./store/rows.ts";

const TOKENS = 500;
const LAYERS = 16;

if (import.meta.main) {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-" });
  try {
    insertRates(folder);
    liveWrites(join(folder, "live.db"));
    const deep = Number(Deno.args[0] ?? 100);
    if (deep > 0) queries(folder, deep);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Rounds in which each contestant has its turn, beginning with another each time. */
const ROUNDS = 9;

/** Batches of ten tokens, as half a second of decoding gives. Who shares the machine slows all of a
 * round, so it is each round's ratio that counts, and of these the median. */
function insertRates(folder: string): void {
  const contestants: [string, (path: string) => number | null][] = [
    ["store", storeRate],
    ["bare", bareRate],
    ["python", pythonRate],
  ];
  const rates: Record<string, number[]> = { store: [], bare: [], python: [] };
  for (let turn = 0; turn < ROUNDS * contestants.length; turn++) {
    const round = Math.floor(turn / contestants.length);
    const [name, rate] = contestants[(turn + round) % contestants.length]!;
    const path = join(folder, `insert-${turn}.db`);
    rates[name]!.push(rate(path) ?? NaN);
    Deno.removeSync(path);
  }
  console.log(`| insert | component rows/s, median | store ÷ it, median (all) |`);
  console.log(`| --- | --- | --- |`);
  for (const [name, own] of Object.entries(rates)) {
    const ratios = own.map((rate, round) => rates.store![round]! / rate).sort((a, b) => a - b);
    const [least, most] = [ratios[0]!, ratios.at(-1)!].map((ratio) => ratio.toFixed(2));
    const each = name === "store" ? "" : `${median(ratios).toFixed(2)} (${least} to ${most})`;
    console.log(`| ${name} | ${Math.round(median(own))} | ${each} |`);
  }
}

/** What `profile()` writes every half second, and what a loop of one's own might write a token. */
function liveWrites(path: string): void {
  using database = ProfileDatabase.open(path);
  const runId = fill(database, 1);
  const { trace } = tokensOf(5000, 0);
  const gzip = crypto.getRandomValues(new Uint8Array(26_000));
  let at = 1;
  console.log(`\n| write | median ms | p95 ms |\n| --- | --- | --- |`);
  time("half a second: 16 tokens, 80 sections, 5 samples, 26 KB raw", () => {
    const tokens = trace.tokens.slice(at, at += 16);
    const sections = tokens.flatMap(({ startMs, endMs, phase }) =>
      Array.from({ length: 5 }, (_, i) => ({ repetition: 0, phase, name: `s${i}`, startMs, endMs }))
    );
    database.addPowerSamples(runId, trace.samples.slice(0, 5));
    database.addRawPower(runId, { format: "plist", arrivalsMs: [1, 2, 3, 4, 5], gzip });
    database.addTokens(runId, tokens);
    database.addPipelineSection(runId, sections);
  });
  time("one token", () => database.addTokens(runId, trace.tokens.slice(at, ++at)));
}

function queries(folder: string, deep: number): void {
  const path = join(folder, "runs.db");
  const ids: string[] = [];
  {
    using database = ProfileDatabase.open(path);
    for (let run = 0; run < 1000; run++) {
      const isDeep = run >= 1000 - deep;
      const runId = fill(database, TOKENS, { run, finish: !isDeep });
      if (!isDeep) continue;
      for (let first = 0; first < TOKENS; first += 50) {
        database.addComponentMetrics(runId, componentsOf(first, 50, LAYERS));
      }
      database.finishRun(runId, { status: "complete", result: tokensOf(TOKENS, run) });
      ids.push(runId);
    }
  }
  const size = nodeSqlite(path, { readOnly: true });
  const { bytes, rows } = size.prepare(
    `SELECT (SELECT sum(pgsize) FROM dbstat WHERE name = 'component_rows') AS bytes,
      (SELECT count(*) FROM component_rows) AS rows`,
  ).get() as { bytes: number; rows: number };
  size.close();
  const { size: fileBytes } = Deno.statSync(path);
  console.log(`\n${rows} component rows of ${(bytes / rows).toFixed(1)} bytes, file ${fileBytes}`);
  using database = ProfileDatabase.open(path);
  let turn = 0;
  const next = () => ids[turn++ * 7 % ids.length]!;
  console.log(`\n| query | median ms | p95 ms |\n| --- | --- | --- |`);
  time("open", () => ProfileDatabase.open(path, { readOnly: true }).close());
  time("getRunSummary", () => database.getRunSummary(next()));
  time("getRuns, first page", () => database.getRuns());
  time(
    "getRuns, page 10 by J/token",
    () => database.getRuns({ sort: "joulesPerToken", offset: 450 }),
  );
  time("getRuns by model and date", () => database.getRuns({ model: "llama", sinceMs: 1 }));
  time("search, one word", () => database.searchByPrompt("seven"));
  time("search, a word of every run", () => database.searchByPrompt("upon"));
  time("stats", () => database.stats());
}

function time(name: string, work: () => unknown): void {
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const startMs = performance.now();
    work();
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  console.log(`| ${name} | ${times[50]!.toFixed(2)} | ${times[95]!.toFixed(2)} |`);
}
