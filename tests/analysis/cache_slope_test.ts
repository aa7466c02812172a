import assert from "node:assert/strict";
import { cacheSlope } from "../../lib/analysis/mod.ts";
import type { ProfilingRun, TokenEnergy, TokenGroup } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";

/** Decode steps of 10 ms and a tenth for each token in the cache, 2 mJ a ms, in groups. */
function growing(groupSize: number, resolved = true): ProfilingRun {
  const run = sampleRun({ tokens: 41 });
  const { promptTokens } = run.totals;
  let reachedMs = 100;
  const tokens = run.tokens.map((token, index): TokenEnergy => {
    if (index === 0) return { ...token, startMs: 0, endMs: 100 };
    const startMs = reachedMs;
    reachedMs += 10 + 0.1 * (promptTokens + index - 1);
    return { ...token, startMs, endMs: reachedMs };
  });
  const [prefill] = run.groups;
  assert.ok(prefill);
  const groups: TokenGroup[] = [prefill];
  for (let firstIndex = 1; firstIndex < 41; firstIndex += groupSize) {
    const lastIndex = Math.min(40, firstIndex + groupSize - 1);
    const durationMs = (tokens[lastIndex]?.endMs ?? NaN) - (tokens[firstIndex]?.startMs ?? NaN);
    const energy = { ...prefill.energy, mj: 2 * durationMs, resolved };
    groups.push({ firstIndex, lastIndex, phase: "decode", durationMs, energy });
  }
  return { ...run, tokens, groups };
}

Deno.test("cacheSlope() finds what a cached token adds to the time and the energy of a step", () => {
  for (const size of [1, 4, 7]) {
    const { durationMs, energyMj } = cacheSlope(growing(size));
    assert.ok(durationMs && energyMj);
    assert.ok(Math.abs(durationMs.slope.value - 0.1) < 1e-9);
    assert.ok(Math.abs(durationMs.intercept.value - 10) < 1e-9);
    assert.ok(Math.abs(energyMj.slope.value - 0.2) < 1e-9, `${size} ${energyMj.slope.value}`);
    assert.ok(Math.abs(energyMj.intercept.value - 20) < 1e-9);
    assert.equal(durationMs.slope.resolved, true);
    assert.equal(durationMs.points.length, 40);
    assert.equal(energyMj.points.reduce((sum, { tokens }) => sum + tokens, 0), 40);
  }
  assert.equal(
    cacheSlope(growing(4)).durationMs?.points[0]?.position,
    growing(4).totals.promptTokens,
  );
});

Deno.test("cacheSlope() knows no slope of energy where no group is resolved, nor of two steps", () => {
  assert.equal(cacheSlope(growing(4, false)).energyMj, null);
  assert.equal(cacheSlope(growing(20)).energyMj, null);
  assert.equal(cacheSlope(sampleRun({ tokens: 3 })).durationMs, null);
  assert.deepEqual(cacheSlope(sampleRun({ tokens: 1 })), { durationMs: null, energyMj: null });
});

Deno.test("cacheSlope() does not resolve a slope that is none", () => {
  const run = growing(4);
  const jitter = [3, -1, 2, -3, 0, 1, -2];
  const tokens = run.tokens.map((token, index) => ({
    ...token,
    startMs: 100 * index,
    endMs: 100 * index + 20 + (jitter[index % 7] ?? 0),
  }));
  const slope = cacheSlope({ ...run, tokens }).durationMs?.slope;
  assert.equal(slope?.resolved, false);
  assert.ok((slope?.low ?? NaN) < 0 && 0 < (slope?.high ?? NaN));
});
