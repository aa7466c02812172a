import { deepStrictEqual, ok } from "node:assert/strict";
import { type Box, firstFree, meet } from "../../lib/charts/free_places.ts";

const FRAME: Box = { left: 0, right: 100, top: 0, bottom: 100 };

function box(left: number, top: number, size = 10): Box {
  return { left, right: left + size, top, bottom: top + size };
}

Deno.test("firstFree() takes the first place that is inside and on nothing", () => {
  const wish = [{ covers: [box(95, 0)] }, { covers: [box(0, 0)] }, { covers: [box(50, 50)] }];
  deepStrictEqual(firstFree([wish], FRAME), [wish[1]]);
  deepStrictEqual(firstFree([wish], FRAME, [box(5, 5)]), [wish[2]]);
  deepStrictEqual(firstFree([wish, wish, wish], FRAME), [wish[1], wish[2], null]);
});

Deno.test("firstFree() never lets two meet, however many there are", () => {
  const wishes = Array.from(
    { length: 200 },
    (_, at) =>
      [0, 7, 13].map((shift) => ({
        covers: [box((at * 37 + shift) % 95, (at * 53 + shift) % 95)],
      })),
  );
  const placed = firstFree(wishes, FRAME).flatMap((place) => place?.covers ?? []);
  ok(placed.length > 20);
  placed.forEach((one, at) => placed.slice(0, at).forEach((other) => ok(!meet(one, other))));
});
