import assert from "node:assert/strict";
import { detectPowerSource, powerStatus } from "../../lib/power/detect.ts";
import { PowerMonitor } from "../../lib/power/monitor.ts";
import { probePowermetrics } from "../../lib/power/powermetrics/probe.ts";
import { withStandIn } from "./fixtures/stand_in.ts";

Deno.test("powerStatus() says of every source whether it works, and why not", async () => {
  const status = await powerStatus();
  assert.deepEqual(status.map(({ name }) => name), ["powermetrics", "estimate"]);
  for (const { works, reason, remedy, info, name } of status) {
    assert.equal(info.name, name);
    assert.equal(reason === null, works);
    assert.equal(remedy === null, works);
  }
  assert.equal(status[1]!.works, true);
});

Deno.test("detectPowerSource() gives a reason and a remedy for every better source", async () => {
  const { source, info, rejected } = await detectPowerSource();
  assert.equal(source.name, info.name);
  if (source.name === "estimate") {
    assert.deepEqual(rejected.map(({ name }) => name), ["powermetrics"]);
    assert.ok(rejected.every(({ reason, remedy }) => reason !== "" && remedy !== ""));
  }
  assert.equal(await PowerMonitor.isAvailable(), info.kind === "measured");
});

Deno.test("probePowermetrics() asks sudo on macOS only", async () => {
  await withStandIn("normal", async () => {
    assert.deepEqual(await probePowermetrics("darwin"), {
      works: true,
      reason: null,
      remedy: null,
    });
    const { works, reason } = await probePowermetrics("linux");
    assert.equal(works, false);
    assert.equal(reason, "powermetrics is part of macOS, and this is linux");
  });
});

Deno.test("probePowermetrics() explains what sudo answers", async () => {
  const cases = [["missing", /no sudo/], ["password", /asks for a password/], [
    "refused",
    /refuses/,
  ]];
  for (const [mode, expected] of cases as ["missing" | "password" | "refused", RegExp][]) {
    await withStandIn(mode, async () => {
      const { works, reason, remedy } = await probePowermetrics("darwin");
      assert.equal(works, false);
      assert.match(reason!, expected);
      assert.doesNotMatch(reason!, /;/);
      assert.ok(remedy);
    });
  }
  await withStandIn("ticket", async () => {
    assert.equal((await probePowermetrics("darwin")).works, true);
  });
});
