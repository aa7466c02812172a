import assert from "node:assert/strict";
import { efficiencyLines } from "../../tasks/profile/efficiency_lines.ts";
import { runJson } from "../../tasks/profile/json.ts";
import { sampleRun } from "../fixtures/run.ts";
import { runTask } from "./run_task.ts";

Deno.test("efficiencyLines() gives every figure with its interval, and peaks with their time", () => {
  const text = efficiencyLines(sampleRun()).join("\n");
  assert.match(text, /J\/token .*in, .*J\/token .*out, .*in all/);
  assert.match(text, /generated tokens\/J \([\d.]+ to [\d.]+/);
  assert.match(text, /mJ per million parameters/);
  assert.match(text, /J·s/);
  assert.match(text, /total [\d.]+ m?W at \d+\.\d s/);
  assert.doesNotMatch(text, /Cost|CO₂/, "no price was stated");
});

Deno.test("efficiencyLines() gives no time for the peak of a rail that drew nothing, and none below 0", () => {
  const run = sampleRun();
  const { power, trace } = run;
  const samples = trace.samples.map((sample) => ({
    ...sample,
    startMs: sample.startMs - 40,
    energyMj: { ...sample.energyMj, ane: 0 },
  }));
  const text = efficiencyLines({
    ...run,
    power: { ...power, rails: [...new Set([...power.rails, "ane" as const])] },
    trace: { ...trace, samples },
  }).join("\n");
  assert.match(text, /ANE 0 mW(,|$)/m);
  assert.doesNotMatch(text, /[-−]\d/);
});

Deno.test("efficiencyLines() states price and intensity with year and source", () => {
  const own = efficiencyLines(sampleRun(), { price: 0.3 }).join("\n");
  assert.match(own, /Cost.* a million tokens of answers .*0\.3 a kWh;/);
  const region = efficiencyLines(sampleRun(), { region: "de" }).join("\n");
  assert.match(region, /Cost.*EUR.*0\.395 a kWh: Eurostat.*2024/s);
  assert.match(region, /CO₂.* g .*380 g a kWh: Ember.*2023\)/s);
});

Deno.test("efficiencyLines() states the use of a limit, and energy × delay of each phase", () => {
  const text = efficiencyLines(sampleRun(), { powerLimit: 40 }).join("\n");
  const { totals } = sampleRun();
  const percent = (100 * totals.energyMj! / totals.durationMs / 40).toPrecision(3);
  assert.match(text, new RegExp(`Limit.* ${percent} % of 40 W \\([\\d.]+ to [\\d.]+`));
  assert.match(text, /of its phases: .*prefill [\d.,]+ mJ·s.*decode [\d.,]+ mJ·s/);
});

Deno.test("runJson() prints the same figures, with those of each token", () => {
  const run = sampleRun();
  const { efficiency } = runJson(run, { powerLimit: 40, region: "de" });
  assert.equal(efficiency.energyDelayJs.tokens.length, run.tokens.length);
  const { energyMj, startMs, endMs } = run.tokens[1]!;
  const product = efficiency.energyDelayJs.tokens[1]!.energyDelayJs;
  assert.ok(Math.abs(product!.value / (energyMj! / 1e6 * (endMs - startMs)) - 1) < 1e-9);
  const { totals } = run;
  const used = totals.energyMj! / totals.durationMs / 40;
  assert.ok(Math.abs(efficiency.powerUtilization!.value / used - 1) < 1e-9);
  assert.ok(efficiency.peakPowers.every(({ atMs }) => atMs === null || atMs >= 0));
  assert.ok(efficiency.cost !== null && efficiency.carbon !== null);
  assert.equal(runJson(run).efficiency.powerUtilization, null);
});

Deno.test("show refuses a region without an intensity, a negative price, a limit of nothing", async () => {
  const flags = [["--region", "atlantis"], ["--price", "-1"], ["--power-limit", "0"]];
  for (const flag of flags) {
    const { code, stderr } = await runTask("show", flag);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(flag[0]!));
  }
});

Deno.test("show --json holds what show says of cost and CO₂, and nothing of them unasked", () => {
  const { efficiency: asked } = runJson(sampleRun(), { price: 0.3, region: "de" });
  assert.ok((asked.cost?.perMillionTokens?.value ?? 0) > 0);
  assert.equal(asked.carbon?.intensity.gramsPerKwh, 380);
  assert.ok(asked.peakPowers.some(({ rail, atMs }) => rail === "total" && (atMs ?? -1) >= 0));
  const { efficiency } = runJson(sampleRun());
  assert.deepEqual([efficiency.cost, efficiency.carbon], [null, null]);
});
