import assert from "node:assert/strict";
import type { ProfiledToken } from "../../../lib/profile/layers/deal.ts";
import { withoutStalls } from "../../../lib/profile/layers/stalls.ts";

/** Tokens with three operations each: 20 µs, 100 µs growing with the cache, and one that is rare. */
function tokens(count: number): ProfiledToken[] {
  return Array.from({ length: count }, (_, at) => {
    const us = Float32Array.of(20, 100 + at, at === 3 ? 9000 : 0);
    const durationUs = us.reduce((sum, one) => sum + one, 0);
    const passes = [{ durationUs, us, counts: Uint16Array.of(1, 1, at === 3 ? 1 : 0) }];
    const forwardMs = durationUs / 1000;
    return { passes, forwardMs, samplingMs: 0.01, durationMs: forwardMs + 0.01 };
  });
}

Deno.test("withoutStalls() sets what was interrupted to the median of its neighbours", () => {
  const given = tokens(40);
  given[20]!.passes[0]!.us[0] = 7520;
  given[20]!.passes[0]!.durationUs += 7500;
  given[20]!.forwardMs += 7.5;
  given[20]!.durationMs += 7.5;
  const before = structuredClone(given);
  const { tokens: found, stalledMs } = withoutStalls(given);
  assert.equal(stalledMs, 7.5);
  assert.equal(found[20]!.passes[0]!.us[0], 20);
  assert.ok(Math.abs(found[20]!.durationMs - tokens(40)[20]!.durationMs) < 1e-9);
  assert.deepEqual(given, before, "what was given is left as it is");
});

Deno.test("withoutStalls() leaves growth with the cache alone, and what runs seldom", () => {
  const { tokens: found, stalledMs } = withoutStalls(tokens(400));
  assert.equal(stalledMs, 0);
  assert.deepEqual(found, tokens(400));
});

Deno.test("withoutStalls() leaves a few tokens as they are", () => {
  const given = tokens(3);
  given[1]!.passes[0]!.us[0] = 7520;
  assert.equal(withoutStalls(given).stalledMs, 0);
});
