import assert from "node:assert/strict";
import { Cutter } from "../../lib/energy/cut.ts";
import { Expectations } from "../../lib/energy/expectation.ts";
import { railRecords } from "../../lib/energy/records.ts";
import { shiftsOf } from "../../lib/energy/shifts.ts";

/** Idle, then a step at 350 ms that the record from 300 to 400 holds, then work; a burst at 750. */
const powersMw = [2000, 2100, 2000, 11000, 20000, 20400, 20000, 30000, 2000, 2100];
const stretches = [
  { key: "before", startMs: -Infinity, endMs: 350 },
  { key: "decode", startMs: 350, endMs: 740 },
  { key: "burst", startMs: 740, endMs: 790 },
  { key: "after", startMs: 790, endMs: Infinity },
];

function expectations(): Expectations {
  const samples = powersMw.map((mw, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: mw / 10 + 1e-6 },
  }));
  return new Expectations(new Cutter(railRecords(samples, "cpu"), stretches, shiftsOf("cpu", {})));
}

function of(index: number, stretch: number, fromMs: number, toMs: number, side: "start" | "end") {
  return expectations().of({ index, stretch, fromMs, toMs, side }, 0);
}

Deno.test("Expectations takes the power of the record beside the piece, in the same stretch", () => {
  assert.ok(Math.abs(of(3, 0, 300, 350, "start").meanMw - 2000) < 1e-3);
  assert.ok(Math.abs(of(3, 1, 350, 400, "end").meanMw - 20000) < 1e-3);
  assert.ok(Math.abs(of(7, 3, 790, 800, "end").meanMw - 2000) < 1e-3);
});

Deno.test("Expectations trusts a short piece less than a long one", () => {
  const long = of(3, 0, 300, 390, "start").errorMw;
  const short = of(3, 0, 300, 310, "start").errorMw;
  assert.ok(long > 0 && short > 3 * long, `${long} ${short}`);
});

Deno.test("Expectations knows of a stretch without a whole record only what is possible", () => {
  const { meanMw, errorMw, key } = expectations().of(
    { index: 7, stretch: 2, fromMs: 740, toMs: 790, side: "middle" },
    0,
  );
  assert.equal(key, "burst");
  assert.ok(meanMw > 11000 && meanMw < 30000);
  assert.ok(Math.abs(errorMw - (30000 - 2000) / 2) < 1e-3);
});
