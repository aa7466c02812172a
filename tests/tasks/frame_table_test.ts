import assert from "node:assert/strict";
import { tableLines } from "../../tasks/frame/mod.ts";
import { parseBytes } from "../../tasks/runs/bytes.ts";

Deno.test("tableLines() aligns as many rows as a query may give", () => {
  const rows = Array.from({ length: 140_000 }, (_, at) => [`${at}`, "b"]);
  const lines = tableLines([{ title: "a", right: true }, { title: "" }], rows);
  assert.deepEqual(lines.slice(0, 2), ["     a", "     0  b"]);
  assert.equal(lines.at(-1), "139999  b");
  assert.deepEqual(tableLines([{ title: "a" }], []), ["a"]);
});

Deno.test("parseBytes() reads sizes, and refuses units that are none", () => {
  assert.equal(parseBytes("2 GiB"), 2 ** 31);
  assert.equal(parseBytes("500MB"), 5e8);
  for (const text of ["5constructor", "5 EB", "-1", "MB"]) {
    assert.throws(() => parseBytes(text), /It must be a size/, text);
  }
});
