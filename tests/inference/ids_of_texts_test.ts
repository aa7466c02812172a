import assert from "node:assert/strict";
import { columnsOf, lengthOf } from "../../lib/inference/ids_of_texts.ts";

Deno.test("columnsOf() takes a token of each text at a time", () => {
  assert.deepEqual(columnsOf([1, 2, 3, 11, 12, 13], 2), [[1, 11], [2, 12], [3, 13]]);
  assert.deepEqual(columnsOf(Int32Array.of(1, 2), 1), [[1], [2]]);
});

Deno.test("lengthOf() refuses no tokens, and tokens that do not make texts of one length", () => {
  assert.equal(lengthOf([1, 2, 3, 4], 2), 2);
  assert.throws(() => lengthOf([], 2), /over no tokens/);
  assert.throws(() => lengthOf([1, 2, 3], 2), /Cannot share 3 tokens out among 2 sequences/);
});
