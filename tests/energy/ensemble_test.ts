import assert from "node:assert/strict";
import { DRAWS } from "../../lib/energy/draws.ts";
import {
  type Ensemble,
  isSupported,
  scaled,
  shareOf,
  sumOf,
  toEnergy,
} from "../../lib/energy/ensemble.ts";

const bounds = { lowestMw: 0, highestMw: 10_000 };

/** Draws spread evenly over mj ± halfMj. */
function ensemble(mj: number, halfMj: number, changes: Partial<Ensemble> = {}): Ensemble {
  const draws = Float64Array.from(
    { length: DRAWS },
    (_, draw) => mj + halfMj * (2 * draw / (DRAWS - 1) - 1),
  );
  return {
    durationMs: 400,
    support: 3,
    standsAlone: true,
    draws: new Map([["cpu", draws]]),
    limits: new Map([["cpu", { lowMj: 0, highMj: 4000 }]]),
    root: new Map([[
      "cpu",
      { durationMs: 1000, support: 10, limits: { lowMj: 5000, highMj: 5000 }, bounds },
    ]]),
    ...changes,
  };
}

const reading = { totalRails: ["cpu" as const] };

Deno.test("toEnergy() takes the mean and the middle 95 % of the draws", () => {
  const { mj, lowMj, highMj, interval, method } = toEnergy(ensemble(2000, 100), reading);
  assert.ok(Math.abs((mj ?? NaN) - 2000) < 1e-9);
  assert.ok(Math.abs((lowMj ?? NaN) - 1905) < 1e-9 && Math.abs((highMj ?? NaN) - 2095) < 1e-9);
  assert.deepEqual([interval, method], ["ci95", "integrated"]);
});

Deno.test("toEnergy() resolves up to ± 10 % on three records, and no more on fewer or wider ones", () => {
  const resolved = (one: Ensemble, more = {}) => toEnergy(one, { ...reading, ...more }).resolved;
  assert.equal(resolved(ensemble(2000, 200)), true);
  assert.equal(resolved(ensemble(2000, 220)), false);
  assert.equal(resolved(ensemble(2000, 200, { support: 2 })), false);
  assert.equal(resolved(ensemble(2000, 200, { standsAlone: false })), false);
  assert.equal(resolved(ensemble(2000, 1), { statedError: 0.3 }), false);
  assert.equal(isSupported(ensemble(2000, 200), ["cpu"]), true);
  assert.equal(isSupported(ensemble(2000, 200), ["gpu"]), false);
});

Deno.test("toEnergy() lets no interval leave the hard limits, nor its mean", () => {
  const narrow = { limits: new Map([["cpu" as const, { lowMj: 1950, highMj: 2500 }]]) };
  const { lowMj, highMj } = toEnergy(ensemble(2000, 100, narrow), reading);
  assert.equal(lowMj, 1950);
  assert.ok(Math.abs((highMj ?? NaN) - 2095) < 1e-9);
  const shared = toEnergy(ensemble(2000, 100, { ...narrow, support: 0 }), reading);
  assert.deepEqual([shared.lowMj, shared.highMj, shared.interval], [1950, 2500, "hard"]);
});

Deno.test("toEnergy() widens by the stated error, and subtracts idle power with its own", () => {
  const { lowMj, highMj, net, method } = toEnergy(ensemble(2000, 100), {
    ...reading,
    statedError: 0.5,
    idleMw: 1000,
    idleErrorMw: 50,
  });
  assert.equal(method, "estimated");
  assert.ok(
    Math.abs((lowMj ?? NaN) - 1905 / 2) < 1e-9 && Math.abs((highMj ?? NaN) - 3142.5) < 1e-9,
  );
  assert.ok(Math.abs((net?.mj ?? NaN) - 1600) < 1e-9);
  assert.ok(Math.abs((net?.highMj ?? NaN) - (3142.5 - 400 + 20)) < 1e-9);
});

Deno.test("sumOf() adds draw by draw, and is null where a part is", () => {
  const sum = sumOf([ensemble(1000, 50), ensemble(2000, -50)]);
  assert.ok(sum.draws.get("cpu")?.every((mj) => Math.abs(mj - 3000) < 1e-9));
  assert.deepEqual([sum.durationMs, sum.support, sum.standsAlone], [800, 6, true]);
  const unmeasured = ensemble(1, 0, { draws: new Map([["cpu", null]]) });
  for (const parts of [[unmeasured, ensemble(1, 0)], [ensemble(1, 0), unmeasured]]) {
    assert.equal(toEnergy(sumOf(parts), reading).mj, null);
  }
  assert.equal(toEnergy(sumOf([]), reading).mj, null);
});

Deno.test("sumOf() bounds parts that lie strewn over the root by what its rest can hold", () => {
  // 800 of 1000 ms that hold 5 J at no more than 10 W: at least 3 J.
  const sum = sumOf([ensemble(1000, 50), ensemble(2000, 50)]);
  assert.deepEqual(sum.limits.get("cpu"), { lowMj: 3000, highMj: 5000 });
});

Deno.test("scaled() and shareOf() leave their argument alone and scale all that has a size", () => {
  const whole = ensemble(2000, 100);
  const half = scaled(whole, 0.5);
  assert.equal(half.durationMs, 200);
  assert.deepEqual(half.limits.get("cpu"), { lowMj: 0, highMj: 2000 });
  assert.ok(Math.abs((toEnergy(half, reading).mj ?? NaN) - 1000) < 1e-9);
  assert.ok(Math.abs((toEnergy(whole, reading).mj ?? NaN) - 2000) < 1e-9);
  const part = toEnergy(shareOf(whole, 100), reading);
  assert.deepEqual([part.method, part.highMj, part.resolved], ["shared", 1000, false]);
  assert.ok(Math.abs((part.mj ?? NaN) - 500) < 1e-9);
});

Deno.test("toEnergy() resolves what the rest of the run leaves no room for, by its hard limits", () => {
  const strewn = (highMj: number) =>
    ensemble(2000, 500, { support: 0, limits: new Map([["cpu", { lowMj: 1900, highMj }]]) });
  const { method, interval, resolved, lowMj, highMj } = toEnergy(strewn(2100), reading);
  assert.deepEqual([method, interval, resolved], ["integrated", "hard", true]);
  assert.deepEqual([lowMj, highMj], [1900, 2100]);
  assert.equal(toEnergy(strewn(2700), reading).method, "shared");
  assert.equal(toEnergy({ ...strewn(2100), standsAlone: false }, reading).resolved, false);
  const root = new Map([["cpu" as const, {
    durationMs: 1000,
    support: 2,
    limits: { lowMj: 5000, highMj: 5000 },
    bounds,
  }]]);
  assert.equal(
    toEnergy({ ...strewn(2100), root }, reading).resolved,
    false,
    "a run of two records",
  );
});

Deno.test("sumOf() of the shares of a whole has the limits of that share of the whole, or wider", () => {
  const known = new Map([["cpu" as const, { lowMj: 1900, highMj: 2100 }]]);
  const whole = ensemble(2000, 100, { limits: known });
  // 10 times 30 ms of 400 ms: at most 10 W for 300 ms, but no more than the whole holds at most.
  const parts = sumOf(Array.from({ length: 10 }, () => shareOf(whole, 30)));
  const { lowMj, highMj } = parts.limits.get("cpu") ?? { lowMj: NaN, highMj: NaN };
  assert.ok(lowMj <= 1900 - 1000 && highMj >= 2100, `${lowMj} ${highMj}`);
  assert.equal(parts.root.get("cpu")?.durationMs, 1000);
});
