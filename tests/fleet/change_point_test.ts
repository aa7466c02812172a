import assert from "node:assert/strict";
import { uniforms } from "../../lib/energy/mod.ts";
import { changePoint } from "../../lib/fleet/change_point.ts";
import { normals } from "../analysis/normals.ts";

Deno.test("changePoint() finds where a step is", () => {
  const normal = normals(1);
  const values = Array.from({ length: 30 }, (_, at) => (at < 12 ? 0 : 1) + 0.1 * normal());
  const found = changePoint(values, { random: uniforms(1) });
  assert.equal(found?.at, 12);
  assert.equal(found?.p, 0.001);
});

Deno.test("changePoint() needs four values on either side", () => {
  assert.equal(changePoint([0, 0, 0, 0, 1, 1, 1], { random: uniforms(1) }), null);
  const found = changePoint([0, 0, 0, 0, 1, 1, 1, 1], { random: uniforms(1) });
  assert.equal(found?.at, 4);
  // Of 70 ways to deal, two part them so well.
  assert.ok(Math.abs(found!.p - 2 / 70) < 0.02, `${found!.p}`);
});

Deno.test("changePoint() calls chance a step in no more cases than it says", () => {
  const rows = Deno.env.get("TOKENWATT_LONG") === "1" ? 3000 : 300;
  const normal = normals(2);
  const random = uniforms(2);
  let found = 0;
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: 20 }, () => normal());
    if (changePoint(values, { draws: 199, random })!.p < 0.05) found++;
  }
  // Five standard errors above 5 %.
  const most = 0.05 + 5 * Math.sqrt(0.05 * 0.95 / rows);
  assert.ok(found / rows < most, `${found} of ${rows}`);
  assert.ok(found > 0, "a test that never finds anything is no test");
});

Deno.test("changePoint() sees nothing in values that are all alike", () => {
  assert.equal(changePoint(Array(12).fill(0.3), { random: uniforms(1) })?.p, 1);
});
