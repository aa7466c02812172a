import assert from "node:assert/strict";
import { pause } from "../../../lib/clock.ts";
import { InputError } from "../../../lib/errors.ts";
import { startPower, summarizeStored } from "../../../lib/profile/mod.ts";
import { ProfileDatabase, rederiveRun } from "../../../lib/store/mod.ts";

const RIG = { source: "rig:m4max", intervalMs: 50, baselineSeconds: 0 } as const;
const ESTIMATE = { source: "estimate", intervalMs: 50, baselineSeconds: 0 } as const;

Deno.test("PowerSession.measure() repeats code, and says what it cost above idle", async () => {
  await using power = await startPower({ ...RIG, name: "above", baselineSeconds: 1 });
  let calls = 0;
  const busy = await power.measure("busy", async () => {
    await pause(20);
    return ++calls;
  }, { minSeconds: 1.2 });
  assert.equal(busy.calls, calls);
  assert.equal(busy.value, calls);
  assert.ok(busy.durationMs >= 1200 && busy.records >= 3);
  const { mj, lowMj, highMj, net, resolved, method } = busy.energy;
  assert.ok(resolved && method === "integrated");
  assert.ok(lowMj! <= mj! && mj! <= highMj!);
  // The rig plays decoding while a window is open, at many times its idle power.
  assert.ok(net!.mj! > 0.5 * mj!, `${net?.mj} of ${mj}`);
  assert.equal(busy.perCall.mj, mj! / calls);
  assert.match(
    busy.verdict,
    /^busy: .* m?J .*simulated, .* of it above idle; .* for each of \d+ calls\.$/,
  );
});

Deno.test("a window that is too short says so, and what to do", async () => {
  await using power = await startPower({ ...RIG, name: "short" });
  const { energy, findings, verdict, perCall } = await power.measure("blink", () => 1);
  assert.equal(energy.resolved, false);
  assert.deepEqual(perCall, { mj: energy.mj, lowMj: energy.lowMj, highMj: energy.highMj });
  const found = findings.find(({ kind }) => kind === "too-short");
  assert.match(found?.remedy ?? "", /minSeconds: 0.6/);
  assert.match(verdict, /too short to be resolved: repeat it for 0.6 s/);
});

Deno.test("PowerSession.window() of an open label begins anew, as when a cell crashed", async () => {
  await using power = await startPower({ ...ESTIMATE, name: "anew" });
  const crashed = power.window("cell");
  const other = power.window("other");
  const again = power.window("cell");
  crashed.end();
  again.end({ calls: 7 });
  other.end();
  const { windows } = await power.read();
  assert.deepEqual(windows.map(({ label, calls }) => [label, calls]), [["other", 1], ["cell", 7]]);
  assert.equal(windows[1]?.startMs, again.startMs);
  await assert.rejects(crashed.measured(), /begun anew/);
});

Deno.test("PowerSession.measure() forgets what threw, and can be called again", async () => {
  await using power = await startPower({ ...ESTIMATE, name: "throws" });
  const fault = new TypeError("half way");
  await assert.rejects(power.measure("cell", () => Promise.reject(fault)), fault);
  await power.measure("cell", () => {});
  assert.equal((await power.read()).windows.length, 1);
});

Deno.test("PowerSession.measure() that is stopped keeps what it has, between calls and in one", async () => {
  await using power = await startPower({ ...ESTIMATE, name: "stopped" });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 200);
  // Code that never gives way: the loop does, so that the stop button is heard.
  const spin = await power.measure("spin", () => {
    const untilMs = performance.now() + 5;
    while (performance.now() < untilMs);
  }, { minSeconds: 60, signal: stop.signal });
  assert.ok(spin.interrupted && spin.calls > 1 && spin.durationMs < 30_000);
  assert.match(spin.verdict, /^spin: stopped/);
  await assert.rejects(power.measure("never", () => {}, { signal: stop.signal }), {
    name: "AbortError",
  });

  const signal = AbortSignal.timeout(50);
  const waits = power.measure("waits", async ({ signal }) => {
    await pause(60_000, signal);
    signal.throwIfAborted();
  }, { signal });
  await assert.rejects(waits, { name: "TimeoutError" });
  const report = await power.stop();
  assert.deepEqual(report.windows.map(({ label, interrupted }) => [label, interrupted]), [
    ["spin", true],
    ["waits", true],
  ]);
  assert.equal(report.status, "interrupted");
});

Deno.test("startPower() stops and keeps the session that a cell left running", async () => {
  using database = ProfileDatabase.open(":memory:");
  const left = await startPower({ ...ESTIMATE, name: "left", database });
  left.window("done").end();
  left.window("crashed");
  const next = await startPower({ ...ESTIMATE, name: "left", database });
  assert.equal(left.isRunning, false);
  assert.equal(next.isRunning, true);
  assert.throws(() => left.window("more"), /has stopped; call startPower\(\) again/);
  assert.equal(database.getRun(left.runId)?.status, "interrupted");
  assert.deepEqual((await left.read()).windows.map(({ label }) => label), ["done"]);
  await next.stop();
  assert.equal(database.getRun(next.runId)?.status, "complete");
});

Deno.test("a PowerSession is in the database, and its energies are made again bit for bit", async () => {
  using database = ProfileDatabase.open(":memory:");
  const power = await startPower({
    ...RIG,
    name: "sorting",
    baselineSeconds: 0.5,
    database,
    tags: ["mine"],
  });
  using outer = power.window("outer");
  await power.measure("inner", () => pause(30), { minSeconds: 0.4 });
  outer.end();
  const report = await power.stop();
  const stored = database.getRun(report.runId)!;
  assert.equal(stored.prompt, "sorting");
  assert.equal(stored.verdict, report.verdict);
  assert.deepEqual(stored.trace.phases.map(({ name }) => name), [
    "baseline",
    "outer",
    "inner",
    "baseline",
  ]);
  // The inner window lies in the outer one: its time counts once.
  assert.equal(report.measured.energyMj, report.windows[0]!.energy.mj);
  assert.ok(report.windows[1]!.energy.mj! < report.windows[0]!.energy.mj!);
  assert.equal(stored.totals?.joulesPerToken, null);
  const { changes, lacks } = await rederiveRun(database, report.runId, summarizeStored);
  assert.deepEqual(changes, []);
  assert.equal(lacks, null);
});

Deno.test("startPower() and its session refuse what cannot be meant", async () => {
  await assert.rejects(startPower({ source: "sun" }), InputError);
  await assert.rejects(startPower({ ...ESTIMATE, intervalMs: 7 }), InputError);
  await assert.rejects(startPower({ ...ESTIMATE, baselineSeconds: NaN }), /NaN s; pass/);
  await using power = await startPower({ ...ESTIMATE, name: "refuses" });
  assert.throws(() => power.window(" "), InputError);
  assert.throws(() => power.window("x".repeat(201)), InputError);
  assert.throws(() => power.window("x").end({ calls: 0 }), InputError);
  await assert.rejects(power.measure("x", () => {}, { minSeconds: -1 }), InputError);
  assert.equal(typeof power.powerMw, "number");
});
