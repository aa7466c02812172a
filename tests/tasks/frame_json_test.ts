import assert from "node:assert/strict";
import { printJson } from "../../tasks/frame/mod.ts";
import { HOSTILE, HOSTILE_TEXT } from "../notebook/hostile.ts";

Deno.test("printJson() is read back as it was, and holds nothing that a terminal obeys", () => {
  const printed: string[] = [];
  const log = console.log;
  console.log = (text: string) => printed.push(text);
  try {
    printJson({ text: HOSTILE_TEXT });
  } finally {
    console.log = log;
  }
  assert.deepEqual(JSON.parse(printed[0]!), { text: HOSTILE_TEXT });
  for (const hidden of HOSTILE.hidden) assert.ok(!printed[0]!.includes(hidden));
});
