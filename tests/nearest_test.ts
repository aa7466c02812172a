import assert from "node:assert/strict";
import { nearest, useOneOf } from "../lib/nearest.ts";

Deno.test("nearest() finds a misspelt name and the beginning of one, and nothing far", () => {
  const names = ["powermetrics", "macmon", "rapl"];
  assert.equal(nearest("macmn", names), "macmon");
  assert.equal(nearest("power", names), "powermetrics");
  assert.equal(nearest("macmonitors", names, 2), null);
  assert.equal(nearest("crystal", names), null);
  assert.equal(nearest("", []), null);
});

Deno.test("useOneOf() asks what was meant, and names all either way", () => {
  assert.equal(
    useOneOf("mac", ["rapl", "macmon"]),
    'did you mean "macmon"? There are rapl, macmon',
  );
  assert.equal(useOneOf("crystal", ["rapl", "macmon"]), "use one of rapl, macmon");
});

Deno.test("nearest() is quick for long input", () => {
  assert.equal(nearest("x".repeat(1e7), ["macmon"]), null);
});
