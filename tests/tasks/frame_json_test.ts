import assert from "node:assert/strict";
import { printJson } from "../../tasks/frame/mod.ts";
import { HOSTILE_TEXT } from "../notebook/hostile.ts";

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
  assert.doesNotMatch(printed[0]!, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/);
});
