import assert from "node:assert/strict";
import { pause } from "../../lib/clock.ts";
import { PowerMonitor } from "../../lib/power/mod.ts";
import { Pulses } from "../../lib/power/pulses.ts";
import { testUnless } from "../gate/needs.ts";
import { withStandIn } from "./fixtures/stand_in.ts";

const TIMES = 4;

async function sample(source: string): Promise<void> {
  await using monitor = new PowerMonitor({ source, intervalMs: 50 });
  await monitor.start();
}

async function pulse(): Promise<void> {
  using pulses = new Pulses();
  await pulses.start(2);
  await pulses.make(10);
}

const WORK: [what: string, once: () => Promise<void>][] = [
  ["a sampler with a child", () => withStandIn("normal", () => sample("powermetrics"))],
  ["a sampler without", () => sample("estimate")],
  ["pulses", pulse],
];

for (const [what, once] of WORK) {
  testUnless(
    Deno.build.os === "linux" ? null : "only Linux tells open files",
    `${what}, again and again, leaves no files open`,
    async () => {
      const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
      await once(); // what is opened once for the process
      await pause(300);
      const before = count();
      for (let i = 0; i < TIMES; i++) await once();
      // A thread that was ended takes a while to go.
      for (let tries = 0; tries < 50 && count() > before; tries++) await pause(100);
      assert.ok(count() <= before, `${before} → ${count()} files`);
    },
  );
}
