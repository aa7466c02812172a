import assert from "node:assert/strict";
import { PauseWatch } from "../../lib/profile/pause_watch.ts";

/** Clocks that a test sets; the watch's own timer meets them unchanged. */
function watched(change: { atMs?: number; aheadMs?: number; cpuMs?: number }) {
  const at = { atMs: 1000, aheadMs: 0, cpuMs: 0 };
  using watch = new PauseWatch({
    nowMs: () => at.atMs,
    wallAheadMs: () => at.aheadMs,
    cpuMs: () => at.cpuMs,
  });
  const tick = (by: typeof change) => {
    at.atMs += by.atMs ?? 100;
    at.aheadMs += by.aheadMs ?? 0;
    at.cpuMs += by.cpuMs ?? 100;
    watch.look();
  };
  tick({});
  tick(change);
  tick({});
  return watch.findings();
}

Deno.test("PauseWatch finds nothing where clocks and work go on", () => {
  assert.deepEqual(watched({}), []);
  assert.deepEqual(watched({ atMs: 900, cpuMs: 0 }), [], "a loaded machine");
  assert.deepEqual(watched({ aheadMs: 40 }), [], "a clock that is slewed");
});

Deno.test("PauseWatch tells a process that stood still from a thread that was only blocked", () => {
  const [stopped, ...more] = watched({ atMs: 3100, cpuMs: 2 });
  assert.deepEqual(more, []);
  assert.equal(stopped!.kind, "sleep");
  assert.match(stopped!.message, /^The process stood still for 3\.1 s; times and energies hold/);
  assert.deepEqual([stopped!.startMs, stopped!.endMs, stopped!.value], [1100, 4200, 3100]);
  assert.deepEqual(watched({ atMs: 3100, cpuMs: 2900 }), [], "the model went on");
});

Deno.test("PauseWatch finds a machine that slept, and a clock that was set back", () => {
  const [slept] = watched({ aheadMs: 3_600_000 });
  assert.equal(slept!.kind, "sleep");
  assert.match(slept!.message, /slept for 3600\.0 s, or its clock was set forward/);
  const [back] = watched({ aheadMs: -40_000 });
  assert.deepEqual([back!.kind, back!.severity], ["clock-step", "info"]);
  assert.match(back!.message, /set back by 40\.0 s/);
});

Deno.test("PauseWatch is at ease with the true clocks", async () => {
  using watch = new PauseWatch();
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.deepEqual(watch.findings().filter(({ kind }) => kind === "clock-step"), []);
});
