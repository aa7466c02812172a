import assert from "node:assert/strict";
import { interTokenLatency } from "../../lib/profile/mod.ts";
import type { ProfilingRun, StoredToken } from "../../lib/record.ts";

function traceOf(...repetitions: number[][]): Pick<ProfilingRun, "trace"> {
  const tokens = repetitions.flatMap((ends, repetition) =>
    ends.map((endMs, index): StoredToken => ({
      repetition,
      index,
      id: 0,
      text: "",
      phase: index === 0 ? "prefill" : "decode",
      startMs: ends[index - 1] ?? 0,
      endMs,
    }))
  );
  return { trace: { samples: [], phases: [], tokens } };
}

Deno.test("interTokenLatency() pools the waits of all repetitions, linear between neighbours", () => {
  const found = interTokenLatency(traceOf([500, 510, 530], [1500, 1530, 1570]));
  assert.ok(found);
  assert.deepEqual({ ...found, p99Ms: Math.round(found.p99Ms * 1e6) / 1e6 }, {
    count: 4,
    meanMs: 25,
    p50Ms: 25,
    p95Ms: 38.5,
    p99Ms: 39.7,
    maxMs: 40,
  });
});

Deno.test("interTokenLatency() takes tokens in their order, whatever the order of the rows", () => {
  const { trace } = traceOf([500, 510, 530]);
  assert.equal(
    interTokenLatency({ trace: { ...trace, tokens: trace.tokens.toReversed() } })?.maxMs,
    20,
  );
});

Deno.test("interTokenLatency() is null where nobody waited for a second token", () => {
  assert.equal(interTokenLatency(traceOf()), null);
  assert.equal(interTokenLatency(traceOf([500], [700])), null);
});
