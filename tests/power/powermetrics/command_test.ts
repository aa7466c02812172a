import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  POWERMETRICS_RECORDS,
  powermetricsCommand,
  powermetricsSudoersRule,
} from "../../../lib/power/powermetrics/command.ts";
import { SAMPLING_INTERVALS_MS } from "../../../lib/power/source.ts";
import { testUnless } from "../../gate/needs.ts";

const VISUDO = "/usr/sbin/visudo";

Deno.test("powermetricsCommand() is finite: two hours of records for every interval", () => {
  for (const intervalMs of SAMPLING_INTERVALS_MS) {
    assert.equal(POWERMETRICS_RECORDS[intervalMs] * intervalMs, 2 * 3600 * 1000);
  }
  assert.equal(
    powermetricsCommand(100).join(" "),
    "/usr/bin/powermetrics -f plist -b 0 -a 0 -i 100 -n 72000 " +
      "--samplers cpu_power,gpu_power,thermal",
  );
});

Deno.test("docs/powermetrics.md names the rule as it is", () => {
  const text = Deno.readTextFileSync(new URL("../../../docs/powermetrics.md", import.meta.url));
  assert.ok(text.includes(powermetricsSudoersRule("YOU")), "the rule in the document differs");
});

testUnless(
  existsSync(VISUDO) ? null : "no visudo here",
  "powermetricsSudoersRule() is a rule that sudo accepts",
  async () => {
    const path = await Deno.makeTempFile({ prefix: "tokenwatt-sudoers-" });
    try {
      await Deno.writeTextFile(path, powermetricsSudoersRule("ada"));
      const { success, stderr } = await new Deno.Command(VISUDO, { args: ["-c", "-f", path] })
        .output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(path);
    }
  },
);
