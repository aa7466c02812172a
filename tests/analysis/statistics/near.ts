import assert from "node:assert/strict";

/** Asserts that two numbers agree, relative to the expected one. */
export function near(actual: number | null | undefined, expected: number, within = 1e-7): void {
  const off = Math.abs((actual ?? NaN) - expected);
  assert.ok(off <= within * Math.abs(expected), `${actual} is not ${expected}`);
}
