import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { FloodGate } from "../../../lib/power/powermetrics/flood.ts";

/** Passes a record each `everyMs`, and says what it let through before it refused. */
function pour(bytes: number, everyMs: number, durationMs: number) {
  const gate = new FloodGate(100);
  let passed = 0;
  for (let atMs = 0; atMs < durationMs; atMs += everyMs) {
    try {
      gate.pass(bytes, atMs);
    } catch (error) {
      assert.ok(error instanceof InputError && /^powermetrics floods: /.test(error.message));
      return { passed, atMs };
    }
    passed += bytes;
  }
  return { passed, atMs: null };
}

Deno.test("FloodGate lets records of any size through as they are asked for, also late", () => {
  assert.equal(pour(56_000, 100, 3_600_000).atMs, null);
  assert.equal(pour(300_000, 100, 600_000).atMs, null);
  const gate = new FloodGate(100);
  for (let i = 0; i < 100; i++) gate.pass(56_000, 10_000); // a reader that was held up for 10 s
});

Deno.test("FloodGate refuses what comes without end, before it takes much memory", () => {
  const MOST = 64 * 2 ** 20;
  for (
    const [bytes, everyMs] of [[100, 0.01], [56_000, 0.5], [300_000, 1], [2 ** 20, 5]] as const
  ) {
    const { passed, atMs } = pour(bytes, everyMs, 60_000);
    assert.ok(atMs !== null, `${bytes} bytes each ${everyMs} ms`);
    assert.ok(passed < MOST, `${passed} bytes had passed`);
  }
});
