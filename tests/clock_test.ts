import assert from "node:assert/strict";
import { nowMs, pause } from "../lib/clock.ts";

Deno.test("pause() waits, but no longer than until its signal aborts", async () => {
  const beginMs = nowMs();
  await pause(5, new AbortController().signal);
  assert.ok(nowMs() - beginMs >= 4);
  await pause(1e9, AbortSignal.timeout(5));
  await pause(1e9, AbortSignal.abort());
});

Deno.test("pause() leaves nothing on a signal that lives on", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...rest: Parameters<typeof add>) => {
    listeners.add(rest[1]);
    add.apply(signal, rest);
  };
  signal.removeEventListener = (...rest: Parameters<typeof remove>) => {
    listeners.delete(rest[1]);
    remove.apply(signal, rest);
  };
  for (let i = 0; i < 3; i++) await pause(0, signal);
  assert.equal(listeners.size, 0);
});
