import assert from "node:assert/strict";
import { checkSampling } from "../../../lib/power/mod.ts";
import { latchOf } from "../../../lib/profile/latch.ts";
import { reportOf } from "../../../lib/profile/windows/report.ts";
import { FAMILIES } from "../../../tasks/accuracy/families.ts";
import { generations } from "../../../tasks/accuracy/generations.ts";
import { remains } from "../played_run.ts";

Deno.test("reportOf() reads a batched rail from batch to batch, never at face value", () => {
  let known = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const played = generations({
      family: FAMILIES[0]!,
      tokenMs: 20,
      tokens: 20,
      shape: "equal",
      seed,
      repetitions: 30,
      worksOn: "cpu",
      traits: { batched: { rail: "cpu", everyMs: 1500 } },
    });
    const { samples, boundMs } = played;
    const findings = checkSampling(samples, { records: played.run.records });
    assert.deepEqual(findings.map(({ kind }) => kind), ["batched-rail"]);
    const run = remains(played, {}, findings);
    const windows = played.repetitions.map((tokens, at) => ({
      label: `${at}`,
      startMs: tokens[0]!.startMs,
      endMs: tokens.at(-1)!.endMs,
      calls: 1,
      interrupted: false,
    }));
    const report = reportOf({
      runId: "run",
      header: run.header,
      status: "complete",
      windows,
      before: null,
      after: null,
      info: run.power.info,
      latchMs: latchOf("simulated", null),
      power: {
        samples,
        alignment: { samples, boundMs, offsetMs: 0, ratePpm: 0, convention: "start", findings: [] },
        findings,
      },
      observed: [],
    });
    assert.equal(report.totals.peakMw, null, "no record shows a power of its own");
    for (const { label, startMs, endMs, energy: { mj, lowMj, highMj } } of report.windows) {
      if (mj === null) continue;
      known++;
      const trueMj = played.run.schedule.totalMj(startMs, endMs);
      assert.ok(
        lowMj! <= trueMj && trueMj <= highMj!,
        `seed ${seed}, window ${label}: ${trueMj} is not in ${lowMj} to ${highMj}`,
      );
    }
  }
  assert.ok(known > 60, `${known} of 180 windows lay in complete batches`);
});
