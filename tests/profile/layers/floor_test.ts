import assert from "node:assert/strict";
import {
  aboveFloor,
  floorUs,
  highestFloorUs,
  sumAbove,
} from "../../../lib/profile/layers/floor.ts";
import { operation, pass } from "./made_passes.ts";
import { mulberry } from "./random.ts";

Deno.test("floorUs() fills the target, for 200 random passes", () => {
  const random = mulberry(1);
  for (let round = 0; round < 200; round++) {
    const size = 1 + Math.floor(random() * 50);
    const operations = Array.from({ length: size }, (_, i) => operation(`o${i}`, "MatMul"));
    const passes = [1, 2, 3].map(() =>
      pass(
        operations.map(() => Math.round(random() * 100)),
        operations.map(() => 1 + Math.floor(random() * 3)),
      )
    );
    const raw = sumAbove(operations, passes, 0);
    const target = raw * random();
    const most = 200;
    const floor = floorUs(operations, passes, target, most);
    assert.ok(floor >= 0 && floor <= most);
    assert.ok(Math.abs(sumAbove(operations, passes, floor) - target) < 1e-6 * (1 + raw));
    // Never more than it may be, and none where nothing is to be taken off.
    const capped = floorUs(operations, passes, target, 3);
    assert.ok(capped <= 3 && Math.abs(capped - Math.min(floor, 3)) < 1e-6);
    assert.equal(floorUs(operations, passes, raw + random(), most), 0);
  }
});

Deno.test("aboveFloor() takes the floor off each occurrence and ends at 0", () => {
  assert.equal(aboveFloor(30, 2, 10), 10);
  assert.equal(aboveFloor(15, 2, 10), 0);
});

Deno.test("sumAbove() takes nothing off what a GPU timed", () => {
  const operations = [operation("a", "MatMul", { isGpu: true }), operation("b", "MatMul")];
  assert.equal(sumAbove(operations, [pass([50, 50])], 10), 90);
});

Deno.test("highestFloorUs() is the 5 % point of operations that do nothing", () => {
  const operations = [operation("r", "Reshape"), operation("m", "MatMul")];
  const passes = Array.from({ length: 100 }, (_, i) => pass([10 + i, 1]));
  assert.equal(highestFloorUs(operations, passes), 15);
});

Deno.test("highestFloorUs() without such operations is the least time, and 0 without any", () => {
  const operations = [operation("m", "MatMul"), operation("g", "MatMul", { isGpu: true })];
  assert.equal(highestFloorUs(operations, [pass([7, 2]), pass([9, 1])]), 7);
  assert.equal(highestFloorUs(operations, []), 0);
});
