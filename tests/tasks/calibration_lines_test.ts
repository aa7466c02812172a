import assert from "node:assert/strict";
import { calibrationLines } from "../../tasks/calibrate/lines.ts";

function observerLine(observerMw: number | null): string {
  const calibration = { host: "here", bootMs: 0, measuredAtMs: 0, latchMs: {}, boundMs: 1 };
  return calibrationLines(
    { ...calibration, source: "rapl", intervalMs: 100, observerMw },
    "/cache/calibration.json",
  ).find((line) => line.includes("sampling"))!;
}

Deno.test("calibrationLines() says where a calibration is kept, or that none is", () => {
  const calibration = { source: "rapl", intervalMs: 100, host: "here", bootMs: 0 };
  const found = { ...calibration, measuredAtMs: 0, latchMs: {}, boundMs: 1, observerMw: null };
  assert.match(
    calibrationLines(found, "/cache/c.json").at(-1)!,
    /^kept until .* in \/cache\/c.json$/,
  );
  assert.equal(calibrationLines(found, null).at(-1), "nothing is kept");
});

Deno.test("calibrationLines() never says that sampling gives power back", () => {
  assert.match(observerLine(12), /draws 12 mW more than once a second/);
  assert.match(observerLine(-12), /cannot be seen \(-12 mW\)/);
  assert.match(observerLine(null), /was not measured/);
});
