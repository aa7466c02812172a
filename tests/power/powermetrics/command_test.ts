import assert from "node:assert/strict";
import {
  POWERMETRICS_RECORDS,
  powermetricsCommand,
} from "../../../lib/power/powermetrics/command.ts";
import { SAMPLING_INTERVALS_MS } from "../../../lib/power/source.ts";

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
