import assert from "node:assert/strict";
import { fromFixed, toFixed, toFixedOrNull } from "../../lib/store/fixed_point.ts";

Deno.test("toFixed() and fromFixed() keep a millisecond to the nanosecond", () => {
  for (const ms of [0, 1e-6, 0.1, 123.456789, 8_640_000_000.123456]) {
    assert.ok(Math.abs(fromFixed(toFixed(ms)) - ms) <= 1e-6, String(ms));
  }
  assert.equal(toFixed(1.5), 1_500_000);
  assert.equal(toFixed(-2), -2_000_000);
  assert.equal(toFixedOrNull(undefined), null);
  assert.equal(fromFixed(toFixedOrNull(null)), null);
});

Deno.test("toFixed() refuses what SQLite could not give back", () => {
  for (const bad of [NaN, Infinity, -Infinity, 1e10, Date.now()]) {
    assert.throws(() => toFixed(bad), RangeError);
  }
});

Deno.test("times of the day come back as the very same numbers", () => {
  const startedAtMs = Date.UTC(2026, 10, 23) + 0.123;
  for (let i = 0; i < 1000; i++) {
    const ms = startedAtMs + i * 3.3337;
    assert.equal(startedAtMs + fromFixed(toFixed(ms - startedAtMs)), ms);
  }
});
