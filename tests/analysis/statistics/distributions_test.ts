import assert from "node:assert/strict";
import {
  chiSquaredQuantile,
  studentP,
  studentQuantile,
} from "../../../lib/analysis/statistics/mod.ts";
import { near } from "./near.ts";

// What scipy 1.17.1 says.

Deno.test("studentQuantile() and studentP() agree with scipy, far tails and fractions included", () => {
  near(studentQuantile(0.975, 1), 12.706204736174694);
  near(studentQuantile(0.975, 3.7), 2.8675207071911895);
  near(studentQuantile(0.9, 8), 1.3968153097438654);
  near(studentQuantile(0.995, 200), 2.600634436191558);
  near(studentP(2.5, 3), 0.08770664700806556);
  near(studentP(-60, 9), 5.001190471672901e-13);
  near(studentP(0.1, 200), 0.920444492504321);
  assert.equal(studentP(0, 5), 1);
  assert.equal(studentP(Infinity, 5), 0);
});

Deno.test("chiSquaredQuantile() agrees with scipy", () => {
  near(chiSquaredQuantile(0.1, 8), 3.4895391256498227);
  near(chiSquaredQuantile(0.1, 1), 0.01579077409343122);
  near(chiSquaredQuantile(0.5, 40), 39.33534484661134);
});
