import assert from "node:assert/strict";
import type { ProfiledToken } from "../../../lib/profile/layers/deal.ts";
import { rankingChanges } from "../../../lib/profile/layers/ranking.ts";
import { operation, pass } from "./made_passes.ts";

function tokens(rows: number[][], counts?: number[]): ProfiledToken[] {
  return rows.map((us) => ({
    passes: [pass(us, counts)],
    forwardMs: 1,
    samplingMs: 0,
    durationMs: 1,
  }));
}

const TWO = [operation("q_proj", "MatMul"), operation("attention", "Softmax")];

Deno.test("rankingChanges() is empty where components are apart", () => {
  const rows = Array.from({ length: 10 }, (_, i) => [500 + i, 300 - i]);
  assert.deepEqual(rankingChanges("decode", TWO, tokens(rows), 10), []);
});

Deno.test("rankingChanges() tells a pair whose order the floor turns", () => {
  // Attention takes more, but in 10 times as many operations.
  const rows = Array.from({ length: 10 }, (_, i) => [500 + i, 560 - i]);
  const [change, ...rest] = rankingChanges("decode", TWO, tokens(rows, [1, 10]), 15);
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [change!.first, change!.second, change!.reason],
    ["q_proj", "attention", "floor"],
  );
  assert.ok(change!.difference > 0);
});

Deno.test("rankingChanges() tells a pair that tokens differ more in than the two do", () => {
  const rows = Array.from({ length: 10 }, (_, i) => i % 2 === 0 ? [600, 400] : [405, 600]);
  const [change] = rankingChanges("decode", TWO, tokens(rows), 0);
  assert.deepEqual([change!.first, change!.reason], ["q_proj", "noise"]);
});

Deno.test("rankingChanges() leaves out what takes next to nothing", () => {
  const three = [...TWO, operation("residual", "Add"), operation("q_norm", "Mul")];
  const rows = Array.from({ length: 10 }, () => [5000, 3000, 2, 2]);
  assert.deepEqual(rankingChanges("decode", three, tokens(rows), 0), []);
});
