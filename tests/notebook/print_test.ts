import assert from "node:assert/strict";
import { print } from "../../lib/notebook/mod.ts";

Deno.test("print() prints the text, with control characters made visible", async () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (...values: unknown[]) => printed.push(...values);
  try {
    await print("3.1 mJ\n\x1b[2Jper token");
  } finally {
    console.log = log;
  }
  assert.equal(printed.length, 1);
  assert.match(String(printed[0]), /^3\.1 mJ\n.*per token$/);
  assert.ok(!String(printed[0]).includes("\x1b"));
});
