import assert from "node:assert/strict";
import { baselineOf } from "../../lib/profile/baseline.ts";

const samples = (powersMw: number[]) =>
  powersMw.map((mw, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: mw / 10 },
  }));

Deno.test("baselineOf() takes the mean of the idle time before and after, with its spread", () => {
  const idle = [1500, 1520, 1480, 1510, 1490];
  const all = samples([...idle, 30000, 30000, ...idle]);
  const { idleMw, errorMw, drift } = baselineOf(
    all,
    ["cpu"],
    { startMs: 0, endMs: 500 },
    { startMs: 700, endMs: 1200 },
  );
  assert.ok(Math.abs((idleMw ?? 0) - 1500) < 1e-6);
  assert.ok(errorMw > 5 && errorMw < 30, `${errorMw}`);
  assert.ok(Math.abs(drift ?? 1) < 1e-9);
});

Deno.test("baselineOf() sees that idle power has drifted", () => {
  const all = samples([...Array(5).fill(1000), ...Array(5).fill(1300)]);
  const { drift } = baselineOf(all, ["cpu"], { startMs: 0, endMs: 500 }, {
    startMs: 500,
    endMs: 1000,
  });
  assert.ok(Math.abs((drift ?? 0) - 0.3) < 1e-9);
});

Deno.test("baselineOf() knows nothing from idle time that is shorter than a few records", () => {
  const all = samples(Array(10).fill(1000));
  const none = baselineOf(all, ["cpu"], { startMs: 0, endMs: 120 }, { startMs: 500, endMs: 500.2 });
  assert.deepEqual(none, { idleMw: null, errorMw: 0, drift: null });
  assert.equal(baselineOf(all, ["cpu"], null, null).idleMw, null);
});

Deno.test("baselineOf() leaves out records that may hold some of the work", () => {
  const all = samples([30000, 5000, ...Array(8).fill(1000), 4000, 30000]);
  const window = { startMs: 110, endMs: 1090 };
  assert.equal(baselineOf(all, ["cpu"], window, null).idleMw, 1000);
  // Dated 20 ms too late, or read up to 60 ms behind.
  const unsure = { earlyMs: -20, lateMs: 60 };
  const touching = samples([30000, ...Array(8).fill(1000), 4000, 30000]);
  const close = { startMs: 100, endMs: 1000 };
  assert.ok((baselineOf(touching, ["cpu"], close, null).idleMw ?? 0) > 1200);
  assert.equal(baselineOf(touching, ["cpu"], close, null, unsure).idleMw, 1000);
});

Deno.test("baselineOf() takes no rail that was not measured for 0 mW", () => {
  const all = samples(Array(6).fill(1000));
  const window = { startMs: 0, endMs: 600 };
  assert.equal(baselineOf(all, ["gpu"], window, null).idleMw, null);
  assert.equal(baselineOf(all, ["cpu", "gpu"], window, null).idleMw, 1000);
});
