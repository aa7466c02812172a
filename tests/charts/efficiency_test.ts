import { ok, strictEqual, throws } from "node:assert/strict";
import { CARBON_INTENSITIES, efficiency, ELECTRICITY_PRICES } from "../../lib/analysis/mod.ts";
import * as charts from "../../lib/charts/mod.ts";
import { InputError } from "../../lib/errors.ts";
import { sampleRun } from "../fixtures/run.ts";
import { assertDrawnWell, assertHarmless } from "./drawn_well.ts";
import { makeRun } from "./runs.ts";
import { assertSnapshot } from "./snapshot.ts";

const TERMS = {
  price: ELECTRICITY_PRICES.eu,
  carbon: CARBON_INTENSITIES.world,
  powerLimitMw: 20_000,
};

for (const width of [640, 760, 1000]) {
  Deno.test(`efficiency() of all figures, ${width} px, is drawn well`, async () => {
    const run = sampleRun();
    await assertDrawnWell(charts.efficiency(run, efficiency(run, TERMS), { width }), width);
  });
}

Deno.test("efficiency() shows every figure with both its ends", async () => {
  const run = sampleRun();
  const figures = efficiency(run, TERMS);
  const svg = await assertDrawnWell(charts.efficiency(run, figures), 760);
  const { value, low, high } = figures.joulesPerOutputToken!;
  for (const joules of [value, low!, high!]) {
    ok(svg.textContent?.includes((1e3 * joules).toPrecision(3)), `${joules}`);
  }
  ok(svg.textContent?.includes("EUR") && svg.textContent.includes("CO₂"));
  ok(svg.textContent?.includes("Eurostat"));
});

Deno.test("efficiency() leaves out what was not asked: price, CO₂, limit", async () => {
  const run = sampleRun();
  const text = (await assertDrawnWell(charts.efficiency(run, efficiency(run)), 760)).textContent;
  for (const word of ["EUR", "CO₂", "limit"]) ok(!text?.includes(word), word);
});

Deno.test("efficiency() draws bars as wide as their intervals, on one scale", async () => {
  const run = sampleRun();
  const figures = efficiency(run);
  const svg = await assertDrawnWell(charts.efficiency(run, figures), 760);
  const bars = [...svg.querySelectorAll('path[stroke-width="4"]')].map((path) => {
    const [from = 0, to = 0] = path.getAttribute("d")?.match(/(?<=[MH])[\d.]+/g)?.map(Number) ?? [];
    return to - from;
  });
  const relative = [figures.joulesPerOutputToken!, figures.joulesPerInputToken!].map((
    { value, low, high },
  ) => (high! - low!) / value);
  ok(Math.abs(bars[0]! / bars[1]! / (relative[0]! / relative[1]!) - 1) < 0.01);
});

Deno.test("efficiency() says what is not resolved, and that an estimate is none", async () => {
  const run = sampleRun({ kind: "estimated", rails: ["cpu"] });
  const html = await charts.efficiency(run, efficiency(run)).toHtml();
  ok(html.includes("Estimated efficiency") && html.includes("An estimate, not a measurement"));
  ok(html.includes("not resolved"));
});

Deno.test("efficiency() of nothing measured says so, with no number", async () => {
  const run = makeRun({ energies: "null", measuredRails: [] });
  const svg = await assertDrawnWell(charts.efficiency(run, efficiency(run)), 760);
  strictEqual(svg.textContent?.split("not measured").length, 6 + 1 + 2, "tiles, subtitle, caption");
  ok(!/\b0 mJ/.test(svg.textContent ?? ""));
});

Deno.test("efficiency() makes hostile names harmless", async () => {
  const run = sampleRun();
  const hostile = {
    ...run,
    model: { ...run.model, name: "<script>alert(1)</script>\u202e\u001b[31m" },
  };
  const price = { perKwh: 1, currency: "<img>", source: "<script>\u202e" };
  await assertHarmless(charts.efficiency(hostile, efficiency(hostile, { price })));
});

Deno.test("efficiency() looks as it was accepted", async () => {
  const run = sampleRun();
  const figure = charts.efficiency(run, efficiency(run, TERMS), { width: 640 });
  await assertSnapshot("efficiency.svg", await figure.toSvg());
});

Deno.test("efficiency() says how to get the figures where code without types leaves them out", () => {
  const untyped = charts.efficiency as unknown as (run: unknown, ...more: unknown[]) => unknown;
  for (const more of [[], [null], [{ width: 640 }], ["figures"]]) {
    throws(
      () => untyped(sampleRun(), ...more),
      (error) => error instanceof InputError && /charts\.efficiency\(run, eff/.test(error.message),
    );
  }
});
