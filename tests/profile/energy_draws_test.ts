/**
 * Two runs on one machine: both err by its latch, and each by its own clock, rounding and cuts. What
 * `compareRuns` makes of their draws is held against what the rig knows.
 */
import assert from "node:assert/strict";
import { compareRuns, type Comparison } from "../../lib/analysis/mod.ts";
import { alignRecords } from "../../lib/power/mod.ts";
import { playVirtually, SeededRandom } from "../../lib/power/rig/mod.ts";
import { energyDraws } from "../../lib/profile/energy_draws.ts";
import type { Remains } from "../../lib/profile/remains.ts";
import { summarize } from "../../lib/profile/summarize.ts";
import type { ProfilingRun, RunDraws } from "../../lib/record.ts";
import { cases } from "../analysis/normals.ts";
import { remains } from "./played_run.ts";

const TOKENS = 12;
const PREFILL_MS = 400;
const TOKEN_MS = 60;
const IDLE_MS = 2000;
const INTERVAL_MS = 100;
/** Decoding draws little beside the prefill: what a latch moves between them, weighs. */
const DECODE_FACTOR = 0.3;

interface Played {
  remains: Remains;
  run: ProfilingRun;
  draws: RunDraws;
  trueMj: number;
}

/** One answer, with one like it on both sides. */
function played(seed: number, latchMs: number, scale: number): Played {
  const lengths = [PREFILL_MS, ...Array<number>(TOKENS).fill(TOKEN_MS)];
  const answer = lengths.map((durationMs, index) =>
    index === 0
      ? { phase: "prefill" as const, durationMs }
      : { phase: "decode" as const, durationMs, factor: DECODE_FACTOR * scale }
  );
  const idle = { phase: "idle" as const, durationMs: IDLE_MS };
  const run = playVirtually({
    seed,
    chip: "m1",
    intervalMs: INTERVAL_MS,
    worksOn: "gpu",
    phases: [idle, ...answer, ...answer, ...answer, idle],
    traits: { session: "shell", latchMs: { cpu: latchMs, gpu: latchMs, ane: latchMs } },
  });
  const { samples, boundMs } = alignRecords(run.records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: INTERVAL_MS,
  });
  let reachedMs = run.beganMs + IDLE_MS + PREFILL_MS + TOKENS * TOKEN_MS;
  const tokens = lengths.map((durationMs, index) => ({
    index,
    startMs: reachedMs,
    endMs: reachedMs += durationMs,
  }));
  const left = {
    ...remains({ run, samples, boundMs, repetitions: [tokens], swept: [] }, {}),
    runId: `run ${seed}`,
  };
  return {
    remains: left,
    run: summarize(left).run,
    draws: energyDraws(left, "rig"),
    trueMj: run.schedule.totalMj(tokens[1]!.startMs, reachedMs),
  };
}

const halfOf = ({ percent: { low, high } }: Comparison) => (high! - low!) / 2;

Deno.test("compareRuns() by draws: what a latch moves cancels, what is each run's own does not", () => {
  const pairs = Array.from({ length: cases(400) }, (_, pair) => {
    const latchMs = new SeededRandom(pair + 1).between(-5, 40);
    const a = played(10 * pair + 1, latchMs, 1);
    const b = played(10 * pair + 2, latchMs, pair % 2 === 0 ? 1 : 1.1);
    return {
      truth: 100 * (b.trueMj / a.trueMj - 1),
      byDraws: compareRuns({ ...a.run, draws: a.draws }, { ...b.run, draws: b.draws }),
      byIntervals: compareRuns(a.run, b.run),
    };
  });
  const mean = (of: (pair: typeof pairs[number]) => number) =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  assert.ok(pairs.every(({ byDraws }) => byDraws.basis === "draws"));
  assert.ok(pairs.every(({ byIntervals }) => byIntervals.basis === "intervals"));
  const held = mean(({ truth, byDraws: { percent } }) =>
    Number(percent.low! <= truth && percent.high! >= truth)
  );
  assert.ok(held >= 0.93, `${held} hold the truth`);
  const [half, halfBefore] = [
    mean(({ byDraws }) => halfOf(byDraws)),
    mean(({ byIntervals }) => halfOf(byIntervals)),
  ];
  assert.ok(half < 0.85 * halfBefore, `± ${half} % by draws, ± ${halfBefore} % by intervals`);
});

/** How far draws of two runs differ, relative to their energy. */
function spread(one: RunDraws, other: RunDraws): number {
  const logs = Array.from(one.decodeMj!, (mj, draw) => Math.log(other.decodeMj![draw]! / mj));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
}

Deno.test("energyDraws() are the same bits for the same run, and centred on its energy", () => {
  const { remains: left, run, draws } = played(1, 20, 1);
  assert.deepEqual(energyDraws(left, "rig"), draws);
  const mj = draws.decodeMj!.reduce((sum, one) => sum + one, 0) / 256;
  assert.ok(Math.abs(mj / run.totals.decodeMj! - 1) < 0.05, `${mj}`);
});

Deno.test("energyDraws() share the latch of one machine and cadence, and nothing else", () => {
  const spreads = Array.from({ length: 8 }, (_, seed) => {
    const { remains: left, draws } = played(seed + 1, 20, 1);
    const another = { ...left, runId: "another" };
    const power = { ...left.header.power, intervalMs: 50 };
    const faster = { ...another, header: { ...left.header, power } };
    return {
      here: spread(draws, energyDraws(another, "rig")),
      elsewhere: spread(draws, energyDraws(another, "elsewhere")),
      otherCadence: spread(draws, energyDraws(faster, "rig")),
    };
  });
  const sum = (of: keyof typeof spreads[number]) =>
    spreads.reduce((total, one) => total + one[of], 0);
  assert.ok(spreads.every(({ here }) => here > 0.01), "what is their own does not cancel");
  assert.ok(sum("elsewhere") > 1.4 * sum("here"));
  assert.ok(sum("otherCadence") > 1.4 * sum("here"));
});

Deno.test("energyDraws() has none where an interval is not made of draws", () => {
  const { remains: left } = played(1, 20, 1);
  const info = { ...left.power.info, kind: "estimated" as const, statedError: 0.5 };
  const estimated = { ...left, power: { ...left.power, info } };
  assert.deepEqual(energyDraws(estimated, "rig"), {
    decodeMj: null,
    prefillMj: null,
    energyMj: null,
  });
});
