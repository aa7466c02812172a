import assert from "node:assert/strict";
import { DRAWS, meanOf, mirrored, uniforms } from "../../../lib/energy/draws.ts";
import { type Ensemble, toEnergy } from "../../../lib/energy/ensemble.ts";
import type { StepPower } from "../../../lib/energy/repeat/powers.ts";
import { dealRepeated, stepScale } from "../../../lib/energy/repeat/deal.ts";

const READING = { totalRails: ["cpu"] as const };

function token(durationMs: number, mj: number, spread = 0, seed = 1): Ensemble {
  const draws = mirrored(uniforms(seed), "normal").map((z) => mj * (1 + spread * z));
  return {
    durationMs,
    support: 0,
    standsAlone: false,
    draws: new Map([["cpu", draws]]),
    limits: new Map([["cpu", { lowMj: 0, highMj: 1e9 }]]),
    root: new Map(),
  };
}

function power(index: number, mw: number, spread = 0): StepPower {
  const draws = mirrored(uniforms(index + 77), "normal").map((z) => mw * (1 + spread * z));
  return {
    firstIndex: index,
    lastIndex: index,
    drawsMw: new Map([["cpu", draws]]),
    support: 6,
    cycleMs: 20,
  };
}

const drawsOf = (ensemble: Ensemble | undefined) =>
  ensemble?.draws.get("cpu") ?? new Float64Array();

Deno.test("dealRepeated() keeps in every draw what tokens hold together, whatever the powers", () => {
  const random = uniforms(3);
  for (let trial = 0; trial < 100; trial++) {
    const count = 2 + Math.floor(20 * random());
    const parts = Array.from(
      { length: count },
      (_, at) => token(30 * random(), 1000 * random(), random(), at),
    );
    const powers = parts.map((_, at) =>
      random() < 0.2 ? undefined : power(at, 40_000 * random() ** 3, random())
    );
    if (!powers.some((one) => one)) continue;
    const scale = stepScale(parts, powers, ["cpu"]);
    if (!scale) continue;
    const dealt = dealRepeated(parts, powers, scale);
    for (let draw = 0; draw < DRAWS; draw++) {
      const sum = (all: Ensemble[]) => all.reduce((mj, one) => mj + (drawsOf(one)[draw] ?? NaN), 0);
      const parents = sum(parts);
      const most = parts.reduce((mj, one) => mj + Math.abs(drawsOf(one)[draw] ?? NaN), 0);
      assert.ok(Math.abs(sum(dealt) - parents) <= 1e-9 * Math.max(most, 1e-9), `draw ${draw}`);
    }
  }
});

Deno.test("dealRepeated() gives each token its power × its time, resolved", () => {
  const parts = [token(20, 400), token(20, 400), token(40, 800)];
  const powers = [power(1, 10_000), power(2, 30_000), power(3, 20_000)];
  const scale = stepScale(parts, powers, ["cpu"]);
  assert.ok(scale && Math.abs(scale.ratio.mean - 1) < 1e-12);
  const energies = dealRepeated(parts, powers, scale).map((one) => toEnergy(one, READING));
  assert.deepEqual(energies.map(({ mj }) => Math.round(mj ?? NaN)), [200, 600, 800]);
  for (const { method, interval, resolved } of energies) {
    assert.deepEqual([method, interval, resolved], ["repeated", "ci95", true]);
  }
});

Deno.test("stepScale() says how far steps are off; dealRepeated() lets each token be off as far", () => {
  const parts = Array.from({ length: 10 }, () => token(20, 400));
  const powers = parts.map((_, at) => power(at, 25_000));
  const scale = stepScale(parts, powers, ["cpu"]);
  assert.ok(scale && Math.abs(scale.ratio.mean - 0.8) < 1e-9);
  assert.ok(Math.abs((scale.unexplained.get("cpu") ?? NaN) - 0.2) < 1e-6);
  const [first] = dealRepeated(parts, powers, scale);
  const { mj, lowMj, highMj } = toEnergy(first!, READING);
  assert.ok(Math.abs((mj ?? NaN) - 400) < 20, "what all hold together is measured");
  assert.ok((highMj ?? NaN) > 500 * 0.95, "the raw energy is not ruled out");
  assert.ok((lowMj ?? NaN) < 400 * 0.75);
});

Deno.test("stepScale() takes a difference within the measurement's error for chance", () => {
  const parts = Array.from({ length: 10 }, () => token(20, 404, 0.02));
  const scale = stepScale(parts, parts.map((_, at) => power(at, 20_000)), ["cpu"]);
  assert.equal(scale?.unexplained.get("cpu"), 0);
});

Deno.test("dealRepeated() gives a step that never ran the mean power, shared and unsure", () => {
  const parts = [token(20, 400), token(20, 400), token(20, 400)];
  const powers = [power(1, 20_000), undefined, power(3, 20_000)];
  const scale = stepScale(parts, powers, ["cpu"]);
  const dealt = dealRepeated(parts, powers, scale!);
  assert.ok(Math.abs(meanOf(drawsOf(dealt[1])) - 400) < 10);
  assert.deepEqual(dealt.map((one) => toEnergy(one, READING).method), [
    "repeated",
    "shared",
    "repeated",
  ]);
});

Deno.test("stepScale() compares nothing where a rail of the total was not measured", () => {
  const parts = [token(20, 400)];
  const unmeasured = { ...power(0, 1), drawsMw: new Map([["cpu" as const, null]]) };
  assert.equal(stepScale(parts, [unmeasured], ["cpu"]), null);
  assert.equal(stepScale(parts, [undefined], ["cpu"]), null);
});
