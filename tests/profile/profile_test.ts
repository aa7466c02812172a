import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile, type ProfileProgress } from "../../lib/profile/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { withStandIn } from "../power/fixtures/stand_in.ts";

const model = await loadModel("models/tinytales");
const QUICK = { baselineSeconds: 0.6, minSeconds: 1.2, warmup: 0, maxNewTokens: 24 };

/** Each level of a run adds up to the one above, as all rails do to the total. */
function checkSums(run: ProfilingRun): void {
  const total = run.totals.energyMj ?? NaN;
  const close = (a: number, b: number, what: string) =>
    assert.ok(
      Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(total), Math.abs(a)),
      `${what}: ${a} ${b}`,
    );
  const sum = (values: (number | null | undefined)[]) =>
    values.reduce<number>((all, value) => all + (value ?? NaN), 0);
  close(sum(run.phases.map(({ energy }) => energy.mj)), total, "phases");
  close(sum(run.sections.map(({ energy }) => energy.mj)), total, "sections and gaps");
  for (const { phase, durationMs } of run.phases) {
    const inPhase = run.sections.filter((section) => section.phase === phase);
    close(sum(inPhase.map((section) => section.durationMs)), durationMs, `sections of ${phase}`);
  }
  close((run.measured.energyMj ?? NaN) / run.measured.repetitions, total, "repetitions");
  close(run.totals.prefillMj ?? NaN, run.tokens[0]?.energyMj ?? NaN, "token 0 is the prefill");
  for (const { energy } of run.phases) {
    close(
      sum(run.power.totalRails.map((rail) => energy.byRail[rail]?.mj)),
      energy.mj ?? NaN,
      "rails",
    );
  }
  const inTrace = run.trace.phases.filter(({ repetition }) => repetition !== null);
  const idle = run.phases.find(({ phase }) => phase === "idle")?.energy.mj ?? 0;
  const traced = sum(inTrace.map(({ energyMj }) => energyMj)) / run.measured.repetitions;
  assert.ok(Math.abs(traced + idle - total) <= 1e-9 * total + 1e-9, "trace");
}

/** The prefill by itself, then groups of decoded tokens: one, or several where tokens are slow. */
function checkGroups({ groups, tokens }: ProfilingRun): void {
  const [prefill, ...decoded] = groups;
  assert.deepEqual([prefill?.phase, prefill?.firstIndex, prefill?.lastIndex], ["prefill", 0, 0]);
  assert.ok(decoded.length > 0);
  let next = 1;
  for (const { phase, firstIndex, lastIndex } of decoded) {
    assert.deepEqual([phase, firstIndex], ["decode", next]);
    assert.ok(lastIndex >= firstIndex);
    next = lastIndex + 1;
  }
  assert.equal(next, tokens.length, "every token is in a group");
}

Deno.test("profile() measures with powermetrics: integrated, by rail, resolved, and it adds up", async () => {
  await withStandIn("normal", async () => {
    const run = await profile(model, "Once upon a time", {
      ...QUICK,
      maxNewTokens: 64,
      source: "powermetrics",
    });
    assert.equal(run.power.kind, "measured");
    assert.deepEqual(run.power.totalRails, ["cpu", "gpu", "ane"]);
    checkSums(run);
    // The stand-in draws 10 W of CPU and 3 W of GPU whatever happens.
    const { energyMj, lowMj, highMj, durationMs } = run.totals;
    const truth = 13 * durationMs;
    assert.ok(Number(lowMj) <= truth && truth <= Number(highMj), `${lowMj} ${truth} ${highMj}`);
    assert.ok(Math.abs(Number(energyMj) - truth) < 0.02 * truth);
    const decode = run.phases.find(({ phase }) => phase === "decode");
    assert.equal(decode?.energy.method, "integrated");
    assert.equal(decode?.energy.resolved, true);
    assert.equal(decode?.energy.byRail.dram, undefined, "DRAM was not measured");
    const prefill = run.phases.find(({ phase }) => phase === "prefill");
    assert.equal(prefill?.energy.method, "shared");
    assert.equal(prefill?.energy.resolved, false);
    for (const token of run.tokens) assert.equal(token.resolved, false);
    checkGroups(run);
    assert.match(run.verdict, /CPU\+GPU\+ANE energy; single tokens are below resolution/);
    assert.ok(run.power.boundMs !== null && run.power.boundMs < 100);
  });
});

Deno.test("profile() ends well when the sampler dies half way, and says what is missing", async () => {
  await withStandIn("dies", async () => {
    const run = await profile(model, "Once upon a time", { ...QUICK, source: "powermetrics" });
    assert.equal(run.status, "complete");
    assert.ok(
      run.findings.some(({ kind, severity }) => kind === "sampler-died" && severity === "invalid"),
    );
    assert.equal(run.totals.energyMj, null, "what was not measured is null");
    assert.equal(run.totals.joulesPerToken, null);
    assert.ok(Number(run.totals.tokensPerSecond) > 0, "times are known all the same");
    assert.match(run.verdict, /Times only/);
  });
});

Deno.test("profile() says what to do when powermetrics is refused, and writes no run", async () => {
  await withStandIn("refused", async () => {
    using database = ProfileDatabase.open(":memory:");
    await assert.rejects(
      profile(model, "Once", { ...QUICK, source: "powermetrics", database }),
      (error: Error) => error instanceof InputError && /sudo/.test(error.message),
    );
    assert.deepEqual(database.getRuns(), []);
  });
});

Deno.test("profile() stores the run that it returns", async () => {
  using database = ProfileDatabase.open(":memory:");
  const tags = ["a", "<b>"];
  const run = await profile(model, "The old lamp", {
    ...QUICK,
    source: "estimate",
    database,
    tags,
  });
  checkSums(run);
  const stored = database.getRun(run.runId);
  assert.deepEqual(stored?.totals, run.totals);
  assert.deepEqual(stored?.groups, run.groups);
  assert.deepEqual(stored?.tags, tags);
  const tokens = database.getTokens(run.runId);
  assert.equal(tokens.length, run.tokens.length * run.measured.repetitions);
  const decoded = tokens.filter(({ index }) => index > 0);
  const energyMj = decoded.reduce((sum, one) => sum + Number(one.energyMj), 0);
  const durationMs = decoded.reduce((sum, one) => sum + Number(one.durationMs), 0);
  const decodeMj = Number(run.totals.decodeMj) * run.measured.repetitions;
  const decodeMs = run.phases.find(({ phase }) => phase === "decode")!.durationMs *
    run.measured.repetitions;
  assert.ok(energyMj <= decodeMj * 1.0001, "what lies between tokens is not theirs");
  assert.ok(energyMj / decodeMj > 0.9 * durationMs / decodeMs, `${energyMj} of ${decodeMj} mJ`);
  assert.ok(database.getRawPower(run.runId).length > 0, "raw evidence is kept");
});

Deno.test("profile() tells how it goes, from load to analysis, with the text as it grows", async () => {
  const seen: ProfileProgress[] = [];
  const run = await profile(model, "Once upon a time", {
    ...QUICK,
    source: "estimate",
    live: (progress) => seen.push(progress),
  });
  const stages = [...new Set(seen.map(({ stage }) => stage))];
  assert.deepEqual(stages, ["load", "baseline", "measure", "tail", "analyse"]);
  assert.equal(seen.at(-1)?.text, run.response);
  for (const { fraction } of seen) assert.ok(fraction >= 0 && fraction <= 1);
});

Deno.test("profile() keeps what it has when its signal aborts, at any stage", async () => {
  for (const afterMs of [0, 300, "text"] as const) {
    using database = ProfileDatabase.open(":memory:");
    const stop = new AbortController();
    const run = await profile(model, "Once upon a time", {
      ...QUICK,
      minSeconds: 20,
      source: "estimate",
      database,
      signal: afterMs === "text" ? stop.signal : AbortSignal.timeout(afterMs),
      live: ({ text }) => text === "" || stop.abort(),
    });
    assert.equal(run.status, "interrupted");
    assert.equal(database.getRun(run.runId)?.status, "interrupted");
    if (afterMs === "text") checkSums(run);
  }
});

Deno.test("profile() seeds its sampling: the same seed writes the same text", async () => {
  const tell = async (seed: number) =>
    (await profile(model, "Once", {
      ...QUICK,
      baselineSeconds: 0,
      minSeconds: 0,
      temperature: 1,
      seed,
      source: "estimate",
    }))
      .response;
  assert.equal(await tell(3), await tell(3));
  assert.notEqual(await tell(3), await tell(4));
});

for (
  const [name, options] of Object.entries({
    "maxNewTokens -1": { maxNewTokens: -1 },
    "maxNewTokens 1.5": { maxNewTokens: 1.5 },
    "minSeconds NaN": { minSeconds: NaN },
    "maxSeconds 0": { maxSeconds: 0 },
    "intervalMs 42": { intervalMs: 42 },
    "source crystal": { source: "crystal" },
    "threads 0": { threads: 0 },
    "a path as database": { database: "runs.db" as never },
  })
) {
  Deno.test(`profile() refuses ${name}`, async () => {
    await assert.rejects(profile(model, "Once", { source: "estimate", ...options }), InputError);
  });
}
