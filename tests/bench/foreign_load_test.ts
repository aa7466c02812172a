import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import { nowMs } from "../../lib/clock.ts";
import { watchForeignLoad } from "../../tasks/bench/foreign_load.ts";

Deno.test("watchForeignLoad() leaves our own work out", () => {
  const OWN_MS = 400;
  const startMs = nowMs();
  const startUs = cpuUsage().user;
  const load = watchForeignLoad();
  while (cpuUsage().user - startUs < OWN_MS * 1000);
  const foreignMs = load() * (nowMs() - startMs);
  // However busy the machine is, what we used others cannot have used; 10 ms a tick and CPU.
  const cpus = navigator.hardwareConcurrency;
  const leftMs = cpus * (nowMs() - startMs) - OWN_MS;
  assert.ok(foreignMs <= leftMs + 20 * cpus, `${foreignMs} ms of ${leftMs} ms`);
});
