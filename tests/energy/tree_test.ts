import assert from "node:assert/strict";
import { tile } from "../../lib/energy/tree.ts";
import type { Span } from "../../lib/record.ts";

function span(startMs: number | null, endMs: number | null, ...children: Span[]): Span {
  return { kind: "phase", name: `${startMs}`, startMs, endMs, children };
}

function weighted(weight: number): Span {
  return { ...span(null, null), weight };
}

Deno.test("tile() fills what children leave over, sorts them, and leaves its argument alone", () => {
  const before = span(0, 100, span(60, 90), span(10, 30));
  const { children } = tile(before);
  assert.deepEqual(
    children.map(({ kind, startMs, endMs }) => [kind, startMs, endMs]),
    [["gap", 0, 10], ["phase", 10, 30], ["gap", 30, 60], ["phase", 60, 90], ["gap", 90, 100]],
  );
  assert.equal(before.children.length, 2);
});

Deno.test("tile() joins what is less than a microsecond apart, to the bit and all the way down", () => {
  const epochMs = 1.76e12;
  const tiled = tile(span(
    epochMs,
    epochMs + 100,
    span(epochMs + 5e-4, epochMs + 50, span(epochMs + 5e-4, epochMs + 50)),
    span(epochMs + 50 - 5e-4, epochMs + 100 - 5e-4, span(epochMs + 50, epochMs + 100 - 5e-4)),
  ));
  const [first, second] = tiled.children;
  assert.equal(tiled.children.length, 2);
  assert.equal(first?.startMs, epochMs);
  assert.equal(first?.children[0]?.startMs, epochMs);
  assert.equal(first?.endMs, second?.startMs);
  assert.equal(second?.children[0]?.startMs, second?.startMs);
  assert.equal(second?.endMs, epochMs + 100);
  assert.equal(second?.children.at(-1)?.endMs, epochMs + 100);
});

Deno.test("tile() keeps spans of no length, and times before the epoch", () => {
  const { children } = tile(span(-50, 50, span(-50, -50), span(-50, 50), span(50, 50)));
  assert.deepEqual(children.map(({ startMs, endMs }) => [startMs, endMs]), [
    [-50, -50],
    [-50, 50],
    [50, 50],
  ]);
});

Deno.test("tile() refuses times that are none, half times, and children out of place", () => {
  const wrong = [
    span(0, NaN),
    span(-Infinity, Infinity),
    span(100, 0),
    span(0, null),
    span(0, 100, span(NaN, 50)),
    span(0, 100, span(60, 40)),
    span(0, 100, span(10, null)),
    span(0, 100, span(null, 10)),
    span(null, null, span(0, 10)),
    span(0, 100, span(-1, 10)),
    span(0, 100, span(90, 101)),
    span(0, 100, span(0, 50), span(40, 60)),
    span(0, 100, span(0, 50), weighted(1)),
    span(0, 100, weighted(-1)),
    span(0, 100, weighted(NaN)),
    span(0, 100, weighted(1), span(null, null)),
    span(0, 100, { ...weighted(1), children: [span(0, 10)] }),
    span(0, 100, weighted(1e308), weighted(1e308)),
  ];
  for (const one of wrong) assert.throws(() => tile(one), RangeError, JSON.stringify(one));
});

Deno.test("tile() adds an other child where all weights are 0, unless there is nothing to share", () => {
  const kinds = (one: Span) => tile(one).children.map(({ kind, weight }) => [kind, weight]);
  const nothing = ["phase", 0];
  assert.deepEqual(kinds(span(0, 100, weighted(0), weighted(0))), [nothing, nothing, [
    "other",
    100,
  ]]);
  assert.deepEqual(kinds(span(0, 100, weighted(0), weighted(2))), [nothing, ["phase", 2]]);
  assert.deepEqual(kinds(span(50, 50, weighted(0))), [nothing]);
  const nested = tile(span(0, 100, { ...weighted(3), children: [weighted(0)] })).children[0];
  assert.deepEqual(nested?.children.map(({ kind, weight }) => [kind, weight]), [nothing, [
    "other",
    3,
  ]]);
});
