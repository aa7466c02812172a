import assert from "node:assert/strict";
import { checkSampling } from "../../lib/power/mod.ts";
import { summarize } from "../../lib/profile/summarize.ts";
import { FAMILIES } from "../../tasks/accuracy/families.ts";
import { generations } from "../../tasks/accuracy/generations.ts";
import { remains } from "./played_run.ts";

const ORDER = { family: FAMILIES[0]!, tokenMs: 20, tokens: 20, shape: "equal" } as const;

function play(seed: number, repetitions: number) {
  const played = generations({
    ...ORDER,
    seed,
    repetitions,
    worksOn: "cpu",
    traits: { batched: { rail: "cpu", everyMs: 1500 } },
  });
  const findings = checkSampling(played.samples, { records: played.run.records });
  const { run } = summarize(remains(played, {}, findings));
  const startMs = played.repetitions[0]![0]!.startMs;
  const endMs = played.repetitions.at(-1)!.at(-1)!.endMs;
  return { run, trueMj: played.run.schedule.totalMj(startMs, endMs) / repetitions, findings };
}

Deno.test("summarize() reads a batched rail from batch to batch, and holds the truth", () => {
  let known = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { run, trueMj, findings } = play(seed, 30);
    assert.deepEqual(findings.map(({ kind, severity }) => `${kind} ${severity}`), [
      "batched-rail warning",
    ]);
    const { energyMj, lowMj, highMj } = run.totals;
    if (energyMj === null) continue;
    known++;
    assert.ok((lowMj ?? NaN) <= trueMj && trueMj <= (highMj ?? NaN), `seed ${seed}`);
    assert.ok(Math.abs(energyMj / trueMj - 1) < 0.1);
    assert.equal(run.totals.peakMw, null, "no record shows a power of its own");
    assert.ok(run.phases.every(({ energy }) => energy.method !== null));
  }
  assert.ok(known >= 6, `${known} of 12 were covered by complete batches`);
});

Deno.test("summarize() refuses a rail whose batch is longer than what was measured", () => {
  const { run } = play(3, 1);
  const refused = run.findings.filter(({ kind, severity }) =>
    kind === "batched-rail" && severity === "invalid"
  );
  assert.equal(refused.length, 1);
  assert.match(refused[0]!.message, /longer than the 0\.\d s that were measured/);
  assert.ok(!run.power.totalRails.includes("cpu"));
  assert.ok(run.phases.every(({ energy }) => (energy.byRail.cpu ?? null) === null));
});
