import assert from "node:assert/strict";
import { Cutter } from "../../lib/energy/cut.ts";
import { railRecords } from "../../lib/energy/records.ts";
import { shiftsOf } from "../../lib/energy/shifts.ts";

const stretches = [
  { key: "before", startMs: -Infinity, endMs: 150 },
  { key: "prefill", startMs: 150, endMs: 170 },
  { key: "decode", startMs: 170, endMs: 400 },
  { key: "after", startMs: 400, endMs: Infinity },
];

function cutter(clockBoundMs = 0): Cutter {
  const samples = [0, 100, 200, 300, 400].map((startMs) => ({
    startMs,
    endMs: startMs + 100,
    energyMj: { cpu: 1 },
  }));
  return new Cutter(railRecords(samples, "cpu"), stretches, shiftsOf("cpu", { clockBoundMs }));
}

function piecesOf(index: number, shiftMs: number, clockBoundMs = 0) {
  return cutter(clockBoundMs).pieces(index, shiftMs)
    .map(({ stretch, fromMs, toMs, side }) => [stretch, fromMs, toMs, side]);
}

Deno.test("Cutter cuts a record at each boundary, and says which piece has which end", () => {
  assert.deepEqual(piecesOf(1, 0), [
    [0, 100, 150, "start"],
    [1, 150, 170, "middle"],
    [2, 170, 200, "end"],
  ]);
  assert.deepEqual(piecesOf(2, 0), [[2, 200, 300, "start"]]);
  assert.deepEqual(piecesOf(2, -35), [[1, 165, 170, "start"], [2, 170, 265, "end"]]);
});

Deno.test("Cutter lets the outermost records stand for what a shift moves past them", () => {
  assert.deepEqual(piecesOf(0, 20, 30), [[0, 0, 120, "start"]]);
  assert.deepEqual(piecesOf(4, -20, 30), [[2, 380, 400, "start"], [3, 400, 500, "end"]]);
});

Deno.test("Cutter.pieces() shifts the two ends of a record apart", () => {
  const own = cutter(0).pieces(2, -20, -60);
  const alike = cutter(0).pieces(2, 0);
  assert.equal(own[0]!.fromMs, alike[0]!.fromMs - 20);
  assert.equal(own.at(-1)!.toMs, alike.at(-1)!.toMs - 60);
});

Deno.test("Cutter finds the records that touch the root for any shift", () => {
  assert.deepEqual(cutter().touching(), { first: 1, end: 4 });
  assert.deepEqual(cutter(60).touching(), { first: 0, end: 5 });
});

Deno.test("Cutter.stretchOf() is the stretch that holds a record whatever the shift", () => {
  assert.equal(cutter().stretchOf(0, 0, 0), 0);
  assert.equal(cutter().stretchOf(1, 0, 0), -1);
  assert.equal(cutter().stretchOf(2, 0, 0), 2);
  assert.equal(cutter().stretchOf(2, -40, 40), -1);
  assert.equal(cutter().stretchOf(2, -30, 40), 2);
  assert.equal(cutter().stretchOf(3, 0, 1), -1);
});

Deno.test("Cutter.isNeverCut() is for records that stay inside, with others on both sides", () => {
  const found = (clockBoundMs: number) =>
    [0, 1, 2, 3, 4].filter((index) => cutter(clockBoundMs).isNeverCut(index));
  // The first and the last record also stand for what a shift moves past them.
  assert.deepEqual(found(0), [2, 3]);
  assert.deepEqual(found(29), [2]);
  assert.deepEqual(found(31), []);
});
