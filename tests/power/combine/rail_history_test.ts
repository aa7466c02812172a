import assert from "node:assert/strict";
import { Dating } from "../../../lib/power/combine/dating.ts";
import { RailHistory } from "../../../lib/power/combine/rail_history.ts";
import { seeded } from "../fixtures/recordings.ts";

Deno.test("RailHistory.energyMj() shares records out by time, and keeps their sum", () => {
  const random = seeded(3);
  const history = new RailHistory();
  let atMs = 0;
  let given = 0;
  while (atMs < 5000) {
    const endMs = atMs + 80 + 60 * random();
    const gpu = 100 * random();
    history.add({ startMs: atMs, endMs, energyMj: { gpu } });
    given += gpu;
    atMs = endMs;
  }
  let taken = 0;
  for (let startMs = 0; startMs < atMs; startMs += 117) {
    taken += history.energyMj(startMs, Math.min(startMs + 117, atMs)).gpu!;
  }
  assert.ok(Math.abs(taken - given) < 1e-6, `${taken} of ${given}`);
});

Deno.test("RailHistory.energyMj() measures nothing where records are missing or empty", () => {
  const history = new RailHistory();
  assert.deepEqual(history.energyMj(0, 100), {});
  history.add({ startMs: 0, endMs: 100, energyMj: { dram: 10, system: null } });
  history.add({ startMs: 400, endMs: 500, energyMj: { dram: 10, system: 90 } });
  assert.deepEqual(history.energyMj(0, 100), { dram: 10, system: null });
  assert.deepEqual(history.energyMj(50, 450), { dram: null, system: null });
  assert.deepEqual(history.energyMj(400, 450), { dram: 5, system: 45 });
  assert.deepEqual(history.energyMj(100, 400), {});
});

Deno.test("RailHistory joins records that miss each other by some ms, and forgets old ones", () => {
  const history = new RailHistory();
  history.add({ startMs: 0, endMs: 100, energyMj: { dram: 10 } });
  history.add({ startMs: 103, endMs: 203, energyMj: { dram: 10 } });
  history.add({ startMs: 199, endMs: 299, energyMj: { dram: 10 } });
  assert.equal(history.energyMj(0, 299).dram!.toFixed(6), "30.000000");
  history.forgetBefore(250);
  assert.equal(history.startMs, 203);
  history.forgetBefore(9999);
  assert.equal(history.endMs, 299);
});

Deno.test("Dating follows the promptest arrivals, and finds its way again after sleep", () => {
  const dating = new Dating();
  const record = { elapsedNs: 100e6, timestampMs: null, energyMj: {}, thermalPressure: null };
  const ends = [1003, 1101, 1290, 1302, 9000, 9100].map((arrivalMs) =>
    dating.date(record, arrivalMs).endMs
  );
  assert.deepEqual(ends, [1003, 1101, 1201, 1301, 9000, 9100]);
});
