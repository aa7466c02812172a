import assert from "node:assert/strict";
import { amplifiedEnergy } from "../../../lib/energy/amplify/whole.ts";
import type { RepeatedWork } from "../../../lib/energy/amplify/work.ts";
import {
  attributeEnergy,
  type Ensemble,
  fitToWhole,
  type Loop,
  scatterOf,
  workEnergy,
} from "../../../lib/energy/mod.ts";
import { DRAWS, uniforms } from "../../../lib/energy/draws.ts";
import type { PowerSample, Rail } from "../../../lib/record.ts";
import { truthOf } from "../truth.ts";

const READING = { totalRails: ["cpu"] as const };
const STEADY = { relative: 0, freedom: 0 };

/** An energy that is known exactly, or in each draw. */
function known(mj: number | Float64Array, durationMs: number, support = 12): Ensemble {
  const draws = typeof mj === "number" ? new Float64Array(DRAWS).fill(mj) : mj;
  return {
    durationMs,
    support,
    standsAlone: true,
    draws: new Map<Rail, Float64Array>([["cpu", draws]]),
    limits: new Map(),
    root: new Map(),
  };
}

function loop(perRound: readonly number[], rounds = 100): Loop {
  return {
    blocks: perRound.map((mj) => ({ ensemble: known(mj * rounds, rounds, 3), rounds })),
  };
}

function near(found: number | null | undefined, wanted: number, what = ""): void {
  const isNear = Math.abs((found ?? NaN) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
  assert.ok(isNear, `${what}: ${found}, not ${wanted}`);
}

Deno.test("workEnergy() subtracts the empty loop and counts each piece by its weight", () => {
  const pieces: RepeatedWork[] = [
    { name: "a", weight: 3, work: loop([5, 5]), empty: loop([1]) },
    { name: "b", weight: 0.5, work: loop([9, 11]), empty: loop([2]) },
  ];
  const energy = workEnergy(pieces, { work: STEADY, empty: STEADY }, 1);
  near(energy?.draws.get("cpu")?.[7], 3 * 4 + 0.5 * 8);
  assert.equal(energy?.support, 6, "of the piece with the fewest records");
});

Deno.test("workEnergy() knows nothing of a loop that never went round", () => {
  const piece = { name: "a", weight: 1, work: loop([5]), empty: { blocks: [] } };
  assert.equal(workEnergy([piece], { work: STEADY, empty: STEADY }, 1), null);
  assert.equal(workEnergy([], { work: STEADY, empty: STEADY }, 1), null);
});

Deno.test("what blocks differ by widens the interval, few differences more than many", () => {
  const piece: RepeatedWork = {
    name: "a",
    weight: 1,
    work: loop([9, 11, 9, 11]),
    empty: loop([0, 0, 0, 0]),
  };
  const few = scatterOf([piece.work], ["cpu"]);
  near(few.relative, Math.sqrt(0.04 / 3));
  const width = (freedom: number) => {
    const scatter = { work: { ...few, freedom }, empty: STEADY };
    const { lowMj, highMj, mj } = amplifiedEnergy(workEnergy([piece], scatter, 1)!, READING);
    near(mj, 10);
    return (highMj! - lowMj!) / 2;
  };
  const expected = 1.96 * 10 * few.relative / 2;
  assert.ok(Math.abs(width(1e6) / expected - 1) < 0.2, `${width(1e6)} ${expected}`);
  assert.ok(width(3) > 1.5 * width(1e6));
});

Deno.test("amplifiedEnergy() is resolved by the rule for all, and estimated where the source is", () => {
  assert.equal(amplifiedEnergy(known(10, 1), READING).resolved, true);
  assert.equal(amplifiedEnergy(known(10, 1), READING).method, "amplified");
  assert.equal(amplifiedEnergy(known(10, 1, 2), READING).resolved, false);
  assert.equal(amplifiedEnergy(known(10, 1, 0), READING).mj, null);
  const estimated = amplifiedEnergy(known(10, 1), { ...READING, statedError: 0.5 });
  assert.deepEqual([estimated.method, estimated.resolved], ["estimated", false]);
});

Deno.test("fitToWhole() scales within 0.8 to 1.2, draw by draw, and covers what loops told", () => {
  const random = uniforms(5);
  const around = (mj: number) => new Float64Array(DRAWS).map(() => mj * (0.98 + 0.04 * random()));
  const works = [
    { component: "a", ensemble: known(around(30), 3) },
    { component: "b", ensemble: known(around(60), 6) },
  ];
  const whole = known(around(100), 10);
  const { parts, capture, isScaled } = fitToWhole(works, whole, true, READING);
  assert.equal(isScaled, true);
  assert.ok(Math.abs(capture!.ratio - 0.9) < 0.01 && capture!.low < 0.9 && capture!.high > 0.9);
  const sum = parts.reduce((total, { energy }) => total + energy.mj!, 0);
  near(
    sum,
    fitToWhole([{ component: "w", ensemble: whole }], whole, false, READING).parts[0]!.rawMj!,
  );
  for (const { energy, rawMj } of parts) {
    assert.ok(energy.lowMj! <= rawMj! && rawMj! <= energy.highMj!);
    assert.ok(energy.lowMj! <= energy.mj! && energy.mj! <= energy.highMj!);
  }
});

Deno.test("fitToWhole() scales nothing outside of 0.8 to 1.2, nor where components are missing", () => {
  const fit = (mj: number, isComplete: boolean) =>
    fitToWhole([{ component: "a", ensemble: known(mj, 1) }], known(100, 2), isComplete, READING);
  for (
    const [mj, isComplete, scaled] of [
      [79, true, false],
      [81, true, true],
      [119, true, true],
      [121, true, false],
      [95, false, false],
    ] as const
  ) {
    const { parts, isScaled } = fit(mj, isComplete);
    assert.equal(isScaled, scaled, `${mj}`);
    near(parts[0]!.energy.mj, scaled ? 100 : mj);
    near(parts[0]!.rawMj, mj);
  }
});

Deno.test("fitToWhole() shares a rail that loops leave idle by time", () => {
  const both = (cpu: number, gpu: number, durationMs: number): Ensemble => ({
    ...known(cpu, durationMs),
    draws: new Map<Rail, Float64Array>([
      ["cpu", new Float64Array(DRAWS).fill(cpu)],
      ["gpu", new Float64Array(DRAWS).fill(gpu)],
    ]),
  });
  const works = [
    { component: "a", ensemble: both(40, 1e-6, 1) },
    { component: "b", ensemble: both(60, -1e-6, 3) },
  ];
  const { parts } = fitToWhole(works, both(100, 8, 4), true, { totalRails: ["cpu", "gpu"] });
  near(parts[0]!.energy.byRail.gpu?.mj, 2);
  near(parts[1]!.energy.byRail.gpu?.mj, 6);
});

Deno.test("fitToWhole() knows no ratio where a rail was not measured", () => {
  const { capture, isScaled } = fitToWhole(
    [{ component: "a", ensemble: known(10, 1) }],
    { ...known(10, 1), draws: new Map<Rail, Float64Array | null>([["cpu", null]]) },
    true,
    READING,
  );
  assert.deepEqual([capture, isScaled], [null, false]);
});

/** Loops of three components in four sweeps, as a meter sees them; what each round truly costs. */
function simulated(seed: number) {
  const random = uniforms(seed);
  const cells = [0, 1, 2].map(() => ({
    work: { powerMw: 8000 + 22_000 * random(), roundMs: 0.2 + 2 * random() },
    empty: { powerMw: 4000 + 4000 * random(), roundMs: 0.02 + 0.05 * random() },
  }));
  const order = [0, 1, 2].flatMap((cell) => [[cell, "work"], [cell, "empty"]] as const);
  const blocks = [0, 1, 2, 3].flatMap((sweep) => sweep % 2 === 0 ? order : order.toReversed());
  const durationOf = { work: 504, empty: 264 };
  const latchMs: readonly [number, number] = [0, 20];
  const truth = truthOf({
    seed,
    before: [{ name: "idle", durationMs: 700, powerMw: 2000 }],
    repetitions: [blocks.map(([cell, kind], at) => ({
      name: `${at}`,
      durationMs: durationOf[kind],
      powerMw: cells[cell]![kind].powerMw,
    }))],
    after: [{ name: "idle", durationMs: 700, powerMw: 2000 }],
    cadenceMs: 120,
    clockBoundMs: 4,
    latchMs,
    jitterMs: 2,
  });
  return { cells, blocks, durationOf, truth, latchMs };
}

function energiesOf(seed: number): { found: Ensemble | null; trueMj: number }[] {
  const { cells, blocks, durationOf, truth, latchMs } = simulated(seed);
  const { span, samples } = truth;
  const [repetition] = span.children;
  const tree = {
    ...span,
    children: repetition!.children.map((child, at) => {
      const [cell, kind] = blocks[at]!;
      return { ...child, kind: "phase" as const, name: `${cell} ${kind}`, children: [] };
    }),
  };
  const ensembles = new Map<number, Ensemble>();
  attributeEnergy(tree, samples as PowerSample[], {
    clockBoundMs: 4,
    latchMs,
    seed,
    onNode: ({ kind, startMs }, ensemble) => {
      const at = tree.children.findIndex((child) => child.startMs === startMs);
      if (kind === "phase" && at !== -1) ensembles.set(at, ensemble);
    },
  });
  const loopOf = (cell: number, kind: "work" | "empty"): Loop => ({
    blocks: blocks.flatMap((block, at) => {
      const isIts = block[0] === cell && block[1] === kind;
      const rounds = durationOf[kind] / cells[cell]![kind].roundMs;
      return isIts ? [{ ensemble: ensembles.get(at)!, rounds }] : [];
    }),
  });
  const scatter = (kind: "work" | "empty") =>
    scatterOf(cells.map((_, cell) => loopOf(cell, kind)), ["cpu"]);
  const pooled = { work: scatter("work"), empty: scatter("empty") };
  return cells.map(({ work, empty }, cell) => {
    const piece = {
      name: `${cell}`,
      weight: 1,
      work: loopOf(cell, "work"),
      empty: loopOf(cell, "empty"),
    };
    const perRound = (of: typeof work) => of.powerMw * of.roundMs / 1000;
    return {
      found: workEnergy([piece], pooled, seed),
      trueMj: perRound(work) - perRound(empty),
    };
  });
}

Deno.test("loops tell what work costs: truth inside the interval, median error below 3 %", () => {
  const scenes = Deno.env.get("TOKENWATT_LONG") === "1" ? 100 : 12;
  const errors: number[] = [];
  let inside = 0;
  for (let seed = 1; seed <= scenes; seed++) {
    for (const { found, trueMj } of energiesOf(seed)) {
      const { mj, lowMj, highMj, method } = amplifiedEnergy(found!, READING);
      assert.equal(method, "amplified");
      errors.push(Math.abs(mj! / trueMj - 1));
      if (lowMj! <= trueMj && trueMj <= highMj!) inside++;
    }
  }
  const median = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]!;
  const coverage = inside / errors.length;
  assert.ok(median < 0.03, `median error ${median}`);
  assert.ok(coverage >= 0.9, `truth inside ${coverage}`);
});
