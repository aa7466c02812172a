import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { type Comparison, scaling } from "../../lib/analysis/mod.ts";
import * as charts from "../../lib/charts/mod.ts";
import type { Figure } from "../../lib/charts/mod.ts";
import { InputError } from "../../lib/errors.ts";
import { madeRun } from "../analysis/made_runs.ts";
import {
  madeBatch,
  madeComparisons,
  madeContext,
  madeScaling,
  madeTradeoff,
} from "./answers_made.ts";
import { assertDrawnWell, assertHarmless } from "./drawn_well.ts";
import { assertSnapshot } from "./snapshot.ts";

const HOSTILE = "<script>alert(1)</script>\u202e\u001b[31m\ud800<img src=x>\n";

const CHARTS: Record<string, (options: charts.AnswerOptions) => Figure> = {
  comparison: (options) => charts.comparison(madeComparisons(), options),
  scaling: (options) => charts.scaling(madeScaling(), options),
  context: (options) => charts.context(madeContext(), options),
  batch: (options) => charts.batch(madeBatch(), options),
  tradeoff: (options) => charts.tradeoff(madeTradeoff(), options),
};

for (const [name, draw] of Object.entries(CHARTS)) {
  for (const width of [320, 640, 1000]) {
    Deno.test(`${name}(), ${width} px, is drawn well`, async () => {
      await assertDrawnWell(draw({ width }), width);
    });
  }
  Deno.test(`${name}() says its source and looks as it was accepted`, async () => {
    const figure = draw({ width: 640, source: "CPU+GPU+ANE (made)" });
    ok((await figure.toHtml()).includes("Power: CPU+GPU+ANE (made)."));
    await assertSnapshot(`${name}.svg`, await figure.toSvg());
  });
  Deno.test(`${name}() refuses a width that is none and makes hostile texts harmless`, async () => {
    throws(() => draw({ width: NaN }), InputError);
    await assertHarmless(draw({ title: HOSTILE, source: HOSTILE }));
  });
}

/** The dots of a drawing: where they are, and whether they are filled. */
function dots(svg: Element): { x: number; y: number; hollow: boolean }[] {
  return [...svg.querySelectorAll('g[aria-label="dot"] circle')]
    .filter((dot) => dot.getAttribute("r") === "4.5").map((dot) => ({
      x: Number(dot.getAttribute("cx")),
      y: Number(dot.getAttribute("cy")),
      hollow: dot.getAttribute("fill") === "#ffffff",
    }));
}

function texts(svg: Element): string[] {
  return [...svg.querySelectorAll("text")].map((text) => text.textContent ?? "");
}

Deno.test("comparison() shows what cannot be seen as such, in picture and in words", async () => {
  const [clear, , unclear] = madeComparisons() as [Comparison, Comparison, Comparison];
  const figure = charts.comparison([clear, unclear]);
  const svg = await assertDrawnWell(figure, 760);
  const found = texts(svg).filter((text) => text === "no difference can be seen");
  strictEqual(found.length, 1);
  ok(texts(svg).some((text) => text.startsWith("−17.5 % (")));
  ok(figure.alt.includes("no difference can be seen, "));
  strictEqual(svg.querySelectorAll('circle[fill="#ffffff"]').length, 1);
  ok((await charts.comparison(clear).toHtml()).includes("lower than of fp32"), "the verdict");
});

Deno.test("comparison() draws a difference in the place of its percent, and an open end as open", async () => {
  const [clear] = madeComparisons() as [Comparison];
  const at = async (percent: number, low: number | null = percent, high = percent) => {
    const one = { ...clear, percent: { value: percent, low, high, resolved: true } };
    const svg = await assertDrawnWell(charts.comparison([clear, one]), 760);
    return [...svg.querySelectorAll("circle")].at(-1)?.getAttribute("cx");
  };
  const [first, middle, last] = [await at(-17), await at(-10), await at(-3)].map(Number);
  ok(Math.abs((first! + last!) / 2 - middle!) < 0.1);
  const open = charts.comparison({ ...clear, percent: { ...clear.percent, low: null } });
  ok((await open.toSvg()).includes("l-5,5l5,5"));
  await assertDrawnWell(open, 760);
});

Deno.test("comparison() of nothing, and of labels of any length, is drawn well", async () => {
  ok((await charts.comparison([]).toHtml()).includes("Nothing was compared."));
  const [clear] = madeComparisons() as [Comparison];
  const long = { ...clear, a: { ...clear.a, label: HOSTILE.repeat(40) } };
  await assertDrawnWell(charts.comparison(long, { title: "Long" }), 760);
  await assertHarmless(charts.comparison(long));
});

Deno.test("scaling() places models by the logarithm of their weights, mixtures by the active ones", async () => {
  const result = madeScaling();
  const svg = await assertDrawnWell(charts.scaling(result), 760);
  const sizes = result.points.map(({ isMixture, parameters, activeParameters }) =>
    isMixture ? activeParameters! : parameters
  );
  const drawn = dots(svg);
  strictEqual(drawn.length, sizes.length);
  const slopes = sizes.slice(1).map((size, at) =>
    (drawn[at + 1]!.x - drawn[at]!.x) / Math.log(size / sizes[at]!)
  );
  for (const slope of slopes) ok(Math.abs(slope / slopes[0]! - 1) < 1e-6);
  strictEqual(drawn.filter(({ hollow }) => hollow).length, 1, "the one that is not resolved");
  strictEqual(svg.querySelectorAll('g[aria-label="area"] path').length, 1, "the band");
});

Deno.test("scaling() of two models draws no line and says why", async () => {
  const runs = [1e6, 1e8].map((parameters) => madeRun({ model: { parameters, name: HOSTILE } }));
  const figure = charts.scaling(scaling(runs));
  const svg = await assertDrawnWell(figure, 760);
  strictEqual(svg.querySelectorAll('g[aria-label="line"] path').length, 0);
  ok((await figure.toHtml()).includes("a power law needs three sizes"));
  await assertHarmless(figure);
});

Deno.test("context() draws every length in both panels and where the line bends", async () => {
  const result = madeContext();
  const svg = await assertDrawnWell(charts.context(result), 760);
  strictEqual(dots(svg).length, 2 * result.points.length);
  ok(texts(svg).includes(`bends at ${Math.round(result.energy!.knee!.at)}`));
});

Deno.test("context() and batch() leave out energies that were not measured, and say so", async () => {
  const [context, batch] = [madeContext(), madeBatch()];
  const lacking = <P extends { joulesPerToken: unknown }>(points: P[]) =>
    points.map((point) => ({ ...point, joulesPerToken: null }));
  for (
    const [figure, count] of [
      [charts.context({ ...context, points: lacking(context.points), energy: null }), 8],
      [charts.batch({ ...batch, points: lacking(batch.points), optimum: null }), 6],
    ] as const
  ) {
    const svg = await assertDrawnWell(figure, 760);
    strictEqual(dots(svg).length, count, "times alone");
    ok((await figure.toHtml()).includes(`not measured at ${count} of ${count}`));
    ok(!texts(svg).includes("0 mJ"));
  }
});

Deno.test("batch() rings the optimum in both panels and names every size", async () => {
  const svg = await assertDrawnWell(charts.batch(madeBatch()), 760);
  strictEqual(svg.querySelectorAll('circle[r="8.5"]').length, 2);
  const sizes = texts(svg).filter((text) => /^\d+$/.test(text));
  deepStrictEqual(sizes, ["1", "2", "4", "8", "16", "32", "1", "2", "4", "8", "16", "32"]);
});

Deno.test("tradeoff() joins the front, rings the knee and names every way that has room", async () => {
  const result = madeTradeoff();
  const svg = await assertDrawnWell(charts.tradeoff(result, { width: 1000 }), 1000);
  strictEqual(svg.querySelectorAll('circle[r="8.5"]').length, result.knee === null ? 0 : 1);
  for (const { label } of result.points) ok(texts(svg).includes(label), label);
  const [path] = svg.querySelectorAll('g[aria-label="line"] path');
  strictEqual(path?.getAttribute("d")?.split("L").length, result.front.length);
});

Deno.test("tradeoff() of many ways in one place still lets no names overlap", async () => {
  const [point] = madeTradeoff().points;
  const points = Array.from(
    { length: 60 },
    (_, at) => ({ ...point!, label: `way ${at}${HOSTILE}` }),
  );
  const figure = charts.tradeoff({ ...madeTradeoff(), points, front: [], knee: null });
  await assertDrawnWell(figure, 760);
  await assertHarmless(figure);
});
