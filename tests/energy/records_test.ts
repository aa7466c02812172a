import assert from "node:assert/strict";
import { energyOver } from "../../lib/energy/mod.ts";
import { isCovered, railRecords, unknownMj, wholeRecords } from "../../lib/energy/records.ts";
import type { PowerSample } from "../../lib/record.ts";

function sample(startMs: number, endMs: number, cpu: number | null): PowerSample {
  return { startMs, endMs, energyMj: { cpu } };
}

Deno.test("railRecords() sorts samples and marks what was not measured", () => {
  const records = railRecords([sample(100, 200, null), sample(0, 100, 50)], "cpu");
  assert.deepEqual([...records.startMs], [0, 100]);
  assert.deepEqual([...records.energyMj], [50, NaN]);
  assert.equal(wholeRecords(records, 0, 200), 1);
});

Deno.test("railRecords() takes integers for rounded, and bounds power accordingly", () => {
  const integers = railRecords([sample(0, 100, 50), sample(100, 200, 0)], "cpu");
  assert.equal(integers.roundingMj, 1);
  assert.equal(integers.highestMw, 510);
  assert.equal(integers.lowestMw, 0);
  const exact = railRecords([sample(0, 100, 50.5)], "cpu");
  assert.equal(exact.roundingMj, 0);
  assert.equal(exact.lowestMw, 505);
});

Deno.test("railRecords() closes slivers of any sign, so that no energy is lost to rounding", () => {
  const epochMs = 1.76e12;
  for (const sliverMs of [1e-7, 5e-4, -1e-7, -5e-4, -0.02]) {
    const samples = [
      sample(epochMs, epochMs + 100, 50.5),
      sample(epochMs + 100 + sliverMs, epochMs + 200, 50.5),
    ];
    const { mj } = energyOver(samples, epochMs, epochMs + 200);
    assert.ok(mj !== null && Math.abs(mj - 101) < 1e-2, `${sliverMs}: ${mj}`);
  }
});

Deno.test("railRecords() fills the gap of a few ms that alignment leaves, and says what is unknown", () => {
  const records = railRecords([sample(0, 100, 100.5), sample(102, 202, 200.5)], "cpu");
  assert.equal(records.startMs[1], 100);
  assert.ok(Math.abs((records.energyMj[1] ?? 0) - 200.5 * 1.02) < 1e-9);
  assert.ok(Math.abs(unknownMj(records, 1) - 200.5 * 0.02) < 1e-9);
  assert.ok(isCovered(records, 0, 202));
});

Deno.test("railRecords() leaves a lost record open", () => {
  const records = railRecords([sample(0, 100, 100), sample(110, 210, 200)], "cpu");
  assert.equal(records.startMs[1], 110);
  assert.ok(!isCovered(records, 50, 150));
  assert.ok(isCovered(records, 110, 210));
});

Deno.test("railRecords() refuses samples that overlap", () => {
  assert.throws(
    () => railRecords([sample(0, 100, 1), sample(90, 190, 1)], "cpu"),
    /Cannot use the power sample from 90 to 190: the one before it ends at 100/,
  );
  const twice = [sample(0, 100, 1), sample(0, 100, 1)];
  assert.throws(() => energyOver(twice, 0, 100), RangeError);
});

Deno.test("railRecords() refuses samples without length, and numbers that are none", () => {
  for (
    const bad of [
      sample(100, 100, 1),
      sample(100, 0, 1),
      sample(NaN, 100, 1),
      sample(0, Infinity, 1),
      sample(0, 100, NaN),
      sample(0, 100, Infinity),
    ]
  ) {
    assert.throws(() => energyOver([bad], 0, 100), RangeError, JSON.stringify(bad));
  }
});

Deno.test("isCovered() needs measured records from end to end, and nothing for no time", () => {
  const records = railRecords(
    [sample(-100, 0, 1), sample(0, 100, 1), sample(100, 200, null)],
    "cpu",
  );
  assert.ok(isCovered(records, -100, 100));
  assert.ok(!isCovered(records, -100.1, 100));
  assert.ok(!isCovered(records, 0, 150));
  assert.ok(isCovered(records, 50, 50));
});
