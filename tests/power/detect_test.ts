import assert from "node:assert/strict";
import { chooseSource, detectPowerSource, powerStatus } from "../../lib/power/detect.ts";
import { PowerMonitor } from "../../lib/power/monitor.ts";
import { probePowermetrics } from "../../lib/power/powermetrics/probe.ts";
import { withStandIn } from "./fixtures/stand_in.ts";

Deno.test("powerStatus() says of every source whether it works, and why not", async () => {
  const status = await powerStatus();
  assert.deepEqual(status.map(({ name }) => name), [
    "powermetrics",
    "macmon",
    "rapl",
    "nvidia",
    "estimate",
  ]);
  for (const { works, reason, remedy, info, name } of status) {
    assert.equal(info.name, name);
    assert.equal(reason === null, works);
    assert.equal(remedy === null, works);
  }
  assert.equal(status.at(-1)!.works, true);
});

Deno.test("detectPowerSource() gives a reason and a remedy for every better source", async () => {
  const { source, info, rejected } = await detectPowerSource();
  assert.equal(new PowerMonitor({ source }).info.label, info.label);
  if (source.name === "estimate") {
    assert.deepEqual(rejected.map(({ name }) => name), [
      "powermetrics",
      "macmon",
      "rapl",
      "nvidia",
    ]);
    assert.ok(rejected.every(({ reason, remedy }) => reason !== "" && remedy !== ""));
  }
  assert.equal(await PowerMonitor.isAvailable(), info.kind === "measured");
});

Deno.test("chooseSource() takes the best that works, with the meter that adds to it", async () => {
  const status = await powerStatus();
  const choose = (...working: string[]) =>
    chooseSource(status.map((one) => {
      const works = working.includes(one.name);
      return { ...one, works, reason: works ? null : "broken", remedy: works ? null : "mend it" };
    }));
  const cases: [string[], string, string[]][] = [
    [["powermetrics", "macmon", "estimate"], "powermetrics+macmon", []],
    [["powermetrics", "estimate"], "powermetrics", []],
    [["macmon", "estimate"], "macmon", ["powermetrics"]],
    [["rapl", "nvidia", "estimate"], "rapl+nvidia", ["powermetrics", "macmon"]],
    [["rapl", "estimate"], "rapl", ["powermetrics", "macmon"]],
    [["nvidia", "estimate"], "estimate", ["powermetrics", "macmon", "rapl", "nvidia"]],
  ];
  for (const [working, name, rejected] of cases) {
    const chosen = choose(...working);
    assert.equal(chosen.info.name, name, `${working}`);
    assert.deepEqual(chosen.rejected.map((one) => one.name), rejected, `${working}`);
  }
  assert.deepEqual(choose("powermetrics", "macmon").info.totalRails, ["cpu", "gpu", "ane"]);
  assert.match(choose("nvidia", "estimate").rejected.at(-1)!.remedy, /estimate\+nvidia/);
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
