import assert from "node:assert/strict";
import { NAMES, namesOf } from "../../tasks/bench/choice.ts";

Deno.test("namesOf() takes names with commas, and collects what came before", () => {
  assert.deepEqual(namesOf("nothing", undefined), ["nothing"]);
  assert.deepEqual(namesOf("zeus, bare-loop,", ["nothing"]), ["nothing", "zeus", "bare-loop"]);
  assert.deepEqual(namesOf(NAMES.join(","), undefined), NAMES);
});

Deno.test("namesOf() refuses what is no measure, and names it", () => {
  assert.throws(() => namesOf("zeus,zeuss", undefined), /There is no measure zeuss\./);
  for (const typed of ["", ",", " , "]) {
    assert.throws(() => namesOf(typed, undefined), /It names no measure/);
  }
});
