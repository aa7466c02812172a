import assert from "node:assert/strict";
import { stackWithCauses } from "../../lib/notebook/causes.ts";

const SITES = ["f (a.ts:1:2)", "b.ts:3:4"];
const STACK = ["Error: above", "    at f (a.ts:1:2)", "    at b.ts:3:4"];

function below(error: Error): string[] {
  const lines = stackWithCauses(error, SITES).split("\n");
  assert.deepEqual(lines.slice(0, 3), STACK);
  return lines.slice(3);
}

Deno.test("stackWithCauses() leaves an error without a cause as V8 writes it", () => {
  assert.deepEqual(below(new Error("above")), []);
});

Deno.test("stackWithCauses() has a line for each cause, whatever was thrown", () => {
  const cause = new TypeError("half way", { cause: new RangeError("deep", { cause: 7 }) });
  assert.deepEqual(below(new Error("above", { cause })), [
    "    caused by TypeError: half way",
    "        caused by RangeError: deep",
    "            caused by 7",
  ]);
  const broken = { toString: () => assert.fail("no words") };
  assert.deepEqual(below(new Error("above", { cause: broken })), [
    "    caused by an error that cannot be written",
  ]);
});

Deno.test("stackWithCauses() has the errors of an AggregateError", () => {
  const cause = new AggregateError([new Error("a"), new Error("b", { cause: "c" })], "both");
  assert.deepEqual(below(new Error("above", { cause })), [
    "    caused by AggregateError: both",
    "        one of Error: a",
    "        one of Error: b",
    "            caused by c",
  ]);
});

Deno.test("stackWithCauses() makes visible what others wrote, and keeps its lines below", () => {
  const cause = new Error("a\u001b[2J\u202e\n    at nowhere");
  assert.deepEqual(below(new Error("above", { cause })), [
    "    caused by Error: a␛[2J⟨U+202E⟩",
    "            at nowhere",
  ]);
});

Deno.test("stackWithCauses() ends where causes go round, or never end", () => {
  const round = new Error("above");
  round.cause = new Error("below", { cause: round });
  assert.deepEqual(below(round), ["    caused by Error: below", "        caused by …"]);
  let deep = new Error("0");
  for (let i = 1; i < 100; i++) deep = new Error(`${i}`, { cause: deep });
  const lines = below(new Error("above", { cause: deep }));
  assert.equal(lines.length, 9);
  assert.equal(lines.at(-1)!.trim(), "caused by …");
});
