import assert from "node:assert/strict";
import { cutIntoStretches } from "../../lib/energy/stretches.ts";
import { railRecords } from "../../lib/energy/records.ts";
import { shiftsOf } from "../../lib/energy/shifts.ts";
import { tile } from "../../lib/energy/tree.ts";
import type { Span } from "../../lib/record.ts";

const records = railRecords(
  Array.from({ length: 20 }, (_, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: 1 },
  })),
  "cpu",
);

function span(kind: Span["kind"], startMs: number, endMs: number, ...children: Span[]): Span {
  return { kind, name: `${startMs}`, startMs, endMs, children };
}

function stretchesOf(root: Span, latchMs = 0) {
  return cutIntoStretches(tile(root), records, shiftsOf("cpu", { latchMs })).stretches.map(
    ({ key, startMs, endMs }) => [key, startMs, endMs],
  );
}

Deno.test("cutIntoStretches() starts a stretch where a phase does, however short, and ends outside", () => {
  assert.deepEqual(
    stretchesOf(span("run", 100, 900, span("phase", 100, 110), span("phase", 110, 800))),
    [
      ["before", -Infinity, 100],
      ["phase 100", 100, 110],
      ["phase 110", 110, 800],
      ["gap in run", 800, 900],
      ["after", 900, Infinity],
    ],
  );
});

Deno.test("cutIntoStretches() takes tokens for even power unless three records lie in one", () => {
  const short = [100, 200, 300].map((at) => span("token", at, at + 100));
  const decode = span("phase", 100, 800, ...short, span("token", 400, 800));
  const cut = cutIntoStretches(tile(decode), records, shiftsOf("cpu", {}));
  assert.deepEqual(cut.stretches.map(({ key }) => key), [
    "before",
    "phase 100",
    "token 400",
    "after",
  ]);
  assert.equal(cut.leaves.length, 4);
  const names = [...cut.seen].map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(names, ["phase 100", "token 400"]);
});

Deno.test("cutIntoStretches() counts records where their latch puts them", () => {
  const token = span("phase", 0, 1000, span("token", 50, 390));
  assert.equal(stretchesOf(token).length, 3);
  assert.equal(stretchesOf(token, 70).length, 5);
});
