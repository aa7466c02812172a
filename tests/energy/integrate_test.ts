import assert from "node:assert/strict";
import { energyOver } from "../../lib/energy/mod.ts";
import { uniforms } from "../../lib/energy/draws.ts";
import type { PowerSample } from "../../lib/record.ts";

/** The formula of the design (section 7, method 1), written out again. */
function byTheDesign(samples: readonly PowerSample[], startMs: number, endMs: number): number {
  const mjOf = (index: number) => samples[index]?.energyMj.cpu ?? NaN;
  const lengthOf = (index: number) => (samples[index]?.endMs ?? 0) - (samples[index]?.startMs ?? 0);
  return samples.reduce((sum, sample, index) => {
    if (sample.endMs <= startMs || sample.startMs >= endMs) return sum;
    const beforeMs = Math.max(0, startMs - sample.startMs);
    const afterMs = Math.max(0, sample.endMs - endMs);
    const before = beforeMs > 0 ? mjOf(index - 1) / lengthOf(index - 1) * beforeMs : 0;
    const after = afterMs > 0 ? mjOf(index + 1) / lengthOf(index + 1) * afterMs : 0;
    return sum + Math.min(Math.max(0, mjOf(index) - before - after), mjOf(index));
  }, 0);
}

Deno.test("energyOver() is whole records, and edge records less their neighbours' power, literally", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = uniforms(seed);
    let reachedMs = -1000 * random();
    const samples = Array.from({ length: 12 }, () => {
      const startMs = reachedMs;
      reachedMs += 60 + 80 * random();
      // Quiet and loud records side by side, so that the clamps are met, too.
      const cpu = Math.round(random() < 0.3 ? 20 * random() : 4000 * random());
      return { startMs, endMs: reachedMs, energyMj: { cpu } };
    });
    const from = (samples[1]?.startMs ?? 0) + 300 * random();
    const to = from + 10 + 500 * random();
    const { mj } = energyOver(samples, from, to);
    const expected = byTheDesign(samples, from, to);
    assert.ok(mj !== null && Math.abs(mj - expected) < 1e-6, `seed ${seed}: ${mj} ${expected}`);
  }
});

Deno.test("energyOver() finds a span inside one record by the neighbours on both sides", () => {
  const samples = [20.5, 300.5, 40.5].map((cpu, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu },
  }));
  const { mj, method, resolved } = energyOver(samples, 130, 160);
  assert.ok(mj !== null && Math.abs(mj - (300.5 - 0.3 * 20.5 - 0.4 * 40.5)) < 1e-9, `${mj}`);
  assert.equal(method, "shared");
  assert.equal(resolved, false);
});

Deno.test("energyOver() does with records much longer than the span, and with no neighbour", () => {
  const samples = [{ startMs: 0, endMs: 10_000, energyMj: { cpu: 50_000.5 } }];
  const { mj, lowMj, highMj, interval } = energyOver(samples, 4000, 4010);
  assert.ok(mj !== null && Math.abs(mj - 50.0005) < 1e-6, `${mj}`);
  assert.equal(interval, "hard");
  assert.ok((lowMj ?? NaN) >= 0 && (highMj ?? NaN) >= 100);
});

Deno.test("energyOver() gives a span of no length no energy", () => {
  const samples = [{ startMs: 0, endMs: 100, energyMj: { cpu: 500 } }];
  const { mj, lowMj, highMj, resolved } = energyOver(samples, 50, 50);
  assert.deepEqual({ mj, lowMj, highMj, resolved }, {
    mj: 0,
    lowMj: 0,
    highMj: 0,
    resolved: false,
  });
});
