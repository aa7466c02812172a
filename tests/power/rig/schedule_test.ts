import assert from "node:assert/strict";
import { RIG_CHIPS, RIG_RAILS } from "../../../lib/power/rig/chips.ts";
import { SeededRandom } from "../../../lib/power/rig/random.ts";
import { PowerSchedule } from "../../../lib/power/rig/schedule.ts";

const ORIGIN_MS = 1_769_116_000_000;

function schedule(): PowerSchedule {
  const made = new PowerSchedule(RIG_CHIPS.m4max, new SeededRandom(3), { originMs: ORIGIN_MS });
  made.enter("prefill", ORIGIN_MS + 500);
  made.enter("decode", ORIGIN_MS + 800.25);
  made.enter("idle", ORIGIN_MS + 2000);
  return made;
}

Deno.test("PowerSchedule.energyMj() is the integral of powerMw()", () => {
  const power = schedule();
  const stepMs = 0.05;
  for (const rail of RIG_RAILS) {
    let sumMj = 0;
    for (let i = 0; i < 2500 / stepMs; i++) {
      sumMj += power.powerMw(rail, ORIGIN_MS + (i + 0.5) * stepMs) * stepMs / 1000;
    }
    const exactMj = power.energyMj(rail, ORIGIN_MS, ORIGIN_MS + 2500);
    assert.ok(Math.abs(exactMj - sumMj) <= 1e-4 * sumMj, `${rail}: ${exactMj} and ${sumMj}`);
  }
});

Deno.test("PowerSchedule.energyMj() of the parts adds up to the whole", () => {
  const power = schedule();
  const times = [0, 499, 501, 800.25, 1300, 2600].map((ms) => ORIGIN_MS + ms);
  const parts = times.slice(1).map((endMs, i) => power.totalMj(times[i]!, endMs));
  const wholeMj = power.totalMj(times[0]!, times.at(-1)!);
  assert.ok(Math.abs(parts.reduce((sum, mj) => sum + mj) - wholeMj) < 1e-6);
});

Deno.test("PowerSchedule.enter() never goes back in time", () => {
  const power = schedule();
  power.enter("prefill", ORIGIN_MS);
  assert.equal(power.phaseAt(ORIGIN_MS + 1999), "decode");
  assert.equal(power.phaseAt(ORIGIN_MS + 2000), "prefill");
  assert.equal(power.phaseAt(ORIGIN_MS - 1e6), "idle");
});

Deno.test("PowerSchedule puts the work where the model runs", () => {
  const at = { originMs: ORIGIN_MS, worksOn: "gpu" } as const;
  const power = new PowerSchedule(RIG_CHIPS.m1, new SeededRandom(1), at);
  power.enter("decode", ORIGIN_MS);
  assert.ok(power.powerMw("gpu", ORIGIN_MS + 5) > 5 * power.powerMw("cpu", ORIGIN_MS + 5));
});
