import assert from "node:assert/strict";
import { groupTokens, mergeUnsupported } from "../../lib/energy/mod.ts";

const samples = Array.from({ length: 60 }, (_, index) => ({
  startMs: index * 100,
  endMs: (index + 1) * 100,
  energyMj: { cpu: 100 },
}));

function tokens(count: number, durationMs: number, startMs: number) {
  return Array.from({ length: count }, (_, index) => ({
    index: index + 1,
    startMs: startMs + index * durationMs,
    endMs: startMs + (index + 1) * durationMs,
  }));
}

Deno.test("groupTokens() merges neighbours until each group holds three whole records", () => {
  const groups = groupTokens([tokens(50, 40, 30)], samples);
  assert.equal(groups[0]?.firstIndex, 1);
  assert.equal(groups.at(-1)?.lastIndex, 50);
  for (const { firstIndex, lastIndex } of groups) {
    assert.ok((lastIndex - firstIndex + 1) * 40 >= 300);
  }
  groups.slice(1).forEach((group, at) => {
    assert.equal(group.firstIndex, (groups[at]?.lastIndex ?? 0) + 1);
  });
});

Deno.test("groupTokens() asks for the records in every repetition, not in their sum", () => {
  const repetitions = Array.from({ length: 10 }, (_, index) => tokens(60, 4, index * 241));
  assert.deepEqual(groupTokens(repetitions, samples), [{ firstIndex: 1, lastIndex: 60 }]);
});

Deno.test("groupTokens() leaves tokens alone that hold three records each", () => {
  assert.equal(groupTokens([tokens(6, 500, 10)], samples).length, 6);
});

Deno.test("groupTokens() answers nothing for no tokens or no samples", () => {
  assert.deepEqual(groupTokens([], samples), []);
  assert.deepEqual(groupTokens([tokens(3, 100, 0)], []), []);
});

Deno.test("mergeUnsupported() merges with the shorter neighbour until all are supported", () => {
  const groups = [
    { firstIndex: 1, lastIndex: 8 },
    { firstIndex: 9, lastIndex: 10 },
    { firstIndex: 11, lastIndex: 13 },
  ];
  const big = (range: { firstIndex: number; lastIndex: number }) =>
    range.lastIndex - range.firstIndex >= 4;
  assert.deepEqual(mergeUnsupported(groups, big), [
    { firstIndex: 1, lastIndex: 8 },
    { firstIndex: 9, lastIndex: 13 },
  ]);
  assert.deepEqual(mergeUnsupported(groups, () => false), [{ firstIndex: 1, lastIndex: 13 }]);
});
