import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { type StandInMode, withStandIn } from "../power/fixtures/stand_in.ts";

const model = await loadModel("models/tinytales");

/** Profiles, and does something to the sampler when the measured time begins. */
async function profileAnd(mode: StandInMode, strike: (pid: number) => void): Promise<ProfilingRun> {
  let found: ProfilingRun | undefined;
  await withStandIn(mode, async () => {
    using database = ProfileDatabase.open(":memory:");
    let struck = false;
    const session = `${Deno.env.get("FAKE_POWERMETRICS_TRUTH")}.session`;
    found = await profile(model, "Once upon a time", {
      source: "powermetrics",
      intervalMs: 50,
      baselineSeconds: 0.3,
      minSeconds: 1.5,
      warmup: 0,
      maxNewTokens: 16,
      database,
      live: ({ stage }) => {
        if (stage !== "measure" || struck) return;
        struck = true;
        strike(Number(Deno.readTextFileSync(session).trim().split(/\s+/)[0]));
      },
    });
    const stored = database.getRun(found.runId);
    assert.equal(stored?.status, "complete");
    assert.deepEqual(stored.findings, found.findings, "findings are stored");
  });
  return found!;
}

function assertEndedWell(run: ProfilingRun, said: RegExp): void {
  assert.equal(run.status, "complete");
  const died = run.findings.find(({ kind }) => kind === "sampler-died");
  assert.equal(died?.severity, "invalid");
  assert.match(died.message, said);
  assert.notEqual(died.remedy, "");
  assert.equal(run.totals.energyMj, null, "what was not measured is null");
  assert.ok(Number(run.totals.tokensPerSecond) > 0, "times are known all the same");
}

Deno.test("profile() ends well when its sampler is killed", async () => {
  const run = await profileAnd("normal", (pid) => Deno.kill(pid, "SIGKILL"));
  assertEndedWell(run, /died after \d+ records \(exit code 137/);
});

Deno.test("profile() ends well when its sampler is stopped and says nothing more", async () => {
  let stopped = 0;
  try {
    const run = await profileAnd("normal", (pid) => Deno.kill(stopped = pid, "SIGSTOP"));
    assertEndedWell(run, /said nothing for the last \d+\.\d s/);
  } finally {
    Deno.kill(stopped, "SIGKILL");
  }
});

Deno.test("profile() ends well when its sampler gushes", async () => {
  assertEndedWell(await profileAnd("gushes", () => {}), /floods/);
});
