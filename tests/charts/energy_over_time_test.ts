import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { energyOverTime } from "../../lib/charts/mod.ts";
import { repetitionPoints, runPoints } from "../../lib/charts/energy_points.ts";
import { InputError } from "../../lib/errors.ts";
import { sampleRun } from "../fixtures/run.ts";
import { history } from "./answers.ts";
import { assertDrawnWell, assertHarmless } from "./drawn_well.ts";
import { makeRun } from "./runs.ts";
import { assertSnapshot } from "./snapshot.ts";

for (const width of [640, 1000]) {
  for (const count of [14, 90]) {
    Deno.test(`energyOverTime() of ${count} runs, ${width} px, is drawn well`, async () => {
      await assertDrawnWell(energyOverTime(history(count), { width }), width);
    });
  }
  Deno.test(`energyOverTime() of one run, ${width} px, is drawn well`, async () => {
    const svg = await assertDrawnWell(energyOverTime(makeRun(), { width }), width);
    strictEqual(svg.querySelectorAll("circle").length, 14);
  });
}

Deno.test("energyOverTime() draws a dot and an interval for each measured run", async () => {
  const figure = energyOverTime(history(14));
  const svg = await assertDrawnWell(figure, 760);
  strictEqual(svg.querySelectorAll("circle").length, 13);
  strictEqual(svg.querySelectorAll('g[aria-label="rule"] line').length, 13);
  const html = await figure.toHtml();
  ok(html.includes("1 of 14 runs not measured: not drawn."));
  ok(html.includes("The axis does not begin at 0."));
});

Deno.test("energyOverTime() says where runs came without their intervals", async () => {
  const bare = history(14).map(({ phases: _, ...run }) => run);
  const svg = await assertDrawnWell(energyOverTime(bare), 760);
  strictEqual(svg.querySelectorAll('g[aria-label="rule"] line').length, 0);
  ok(svg.textContent?.includes("13 of 13 runs came without their interval."));
});

Deno.test("energyOverTime() warns of rails that differ and of estimates", async () => {
  const [first, second] = history(2);
  const other = {
    ...second!,
    power: { ...second!.power, kind: "estimated" as const, label: "CPU (estimate)" },
  };
  const html = await energyOverTime([first!, other]).toHtml();
  ok(html.includes("their heights do not compare"));
  ok(html.includes("Hollow points: An estimate, not a measurement"));
});

Deno.test("energyOverTime() of nothing measured draws nothing and says so", async () => {
  for (const runs of [makeRun({ energies: "null" }), [], makeRun({ tokens: 1 })]) {
    const svg = await assertDrawnWell(energyOverTime(runs), 760);
    strictEqual(svg.querySelectorAll("circle").length, 0);
    ok(svg.textContent?.includes("not measured"));
  }
});

Deno.test("energyOverTime() refuses a run of several that does not say when it was", () => {
  const { trace: _, ...run } = sampleRun();
  throws(
    () => energyOverTime([run]),
    (error: Error) => error instanceof InputError && error.message.includes(run.runId),
  );
});

Deno.test("energyOverTime() makes hostile names harmless", async () => {
  const runs = history(14).map((run, at) => ({
    ...run,
    runId: "<script>\u001b[31m",
    model: { ...run.model, name: at % 2 ? "<img src=x onerror=alert(1)>" : "\u202eevil\ud800" },
  }));
  await assertHarmless(energyOverTime(runs));
});

Deno.test("repetitionPoints() share a repetition's energy by its decoded tokens", () => {
  const run = makeRun({ repetitions: 2, tokens: 11 });
  const decode = run.trace.phases.filter(({ name }) => name === "decode");
  deepStrictEqual(
    repetitionPoints(run).map(({ mj }) => mj),
    decode.map(({ energyMj }) => energyMj! / 10),
  );
});

Deno.test("runPoints() come in the order of time", () => {
  const runs = history(14).toReversed().map((run) => ({ ...run, startedAtMs: run.startedAtMs! }));
  const times = runPoints(runs).map(({ atMs }) => atMs);
  deepStrictEqual(times, times.toSorted((a, b) => a - b));
});

Deno.test("energyOverTime() looks as it was accepted", async () => {
  const svg = await energyOverTime(history(14), { width: 640 }).toSvg();
  await assertSnapshot("energy_over_time.svg", svg);
});
