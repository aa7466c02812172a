import assert from "node:assert/strict";
import { barLine } from "../../tasks/frame/terminal.ts";

Deno.test("barLine() never reaches the last column, and cuts the bar before the words", () => {
  const label = "measuring idle power, 2,600 ms left · 2.20 W";
  for (let columns = 1; columns <= 100; columns++) {
    const line = barLine(0.5, label, columns);
    assert.ok(line.length < columns, `${line.length} in ${columns}`);
    if (columns > label.length) assert.ok(line.endsWith(label), `"${line}" in ${columns}`);
  }
  assert.equal(barLine(0.5, label, 80), `${"━".repeat(12)}${"─".repeat(12)} ${label}`);
  assert.equal(barLine(2, "x", 12), `${"━".repeat(9)} x`);
  assert.equal(barLine(-1, "x", 12), `${"─".repeat(9)} x`);
});
