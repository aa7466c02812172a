import assert from "node:assert/strict";
import { ArrivalClock } from "../../lib/power/arrival_clock.ts";

Deno.test("ArrivalClock measures from arrival to arrival, the first by what was asked", () => {
  const clock = new ArrivalClock(100);
  assert.deepEqual([5000, 5103, 5200].map((ms) => clock.elapsedMs(ms)), [100, 103, 97]);
});

Deno.test("ArrivalClock gives no time twice to records that arrive together", () => {
  const clock = new ArrivalClock(100);
  const arrivals = [5000, 5300, 5300, 5301, 5400, 5700, 5800];
  const lengths = arrivals.map((ms) => clock.elapsedMs(ms));
  assert.ok(lengths.every((ms) => ms >= 50));
  assert.equal(lengths.slice(1).reduce((sum, ms) => sum + ms, 0), 800);
});

Deno.test("ArrivalClock trusts exact stamps, unless the clock was set", () => {
  const clock = new ArrivalClock(100);
  const came = [[5000, 70_000], [5190, 70_101], [5200, 70_202], [5300, 9_000_000], [5405, 8_000]];
  assert.deepEqual(came.map(([arrivalMs, stampMs]) => clock.elapsedMs(arrivalMs!, stampMs)), [
    100,
    101,
    101,
    100,
    105,
  ]);
});
