import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as charts from "../../lib/charts/mod.ts";
import { InputError } from "../../lib/errors.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { assertDrawnWell, assertHarmless } from "./drawn_well.ts";
import { INSIDE_CHARTS, LARGE, runOf, USUAL } from "./inside_sheets.ts";
import type { InsideShape } from "./insides.ts";
import { HOSTILE } from "./runs.ts";

const SHAPES: Record<string, InsideShape> = {
  "a usual run": USUAL,
  "80 layers, 64 experts": LARGE,
  "one layer and one token": { ...USUAL, layers: 1, tokens: 1 },
  "operations": { operations: true, layers: 3, tokens: 4 },
  "an estimate of one rail": { rails: ["cpu"], kind: "estimated", tokens: 6 },
  "no energies": { ...USUAL, energies: false, tokens: 6 },
  "what a database gives back": { ...USUAL, stored: true },
};

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const width of shape === LARGE ? [640] : [480, 1000]) {
    Deno.test(`charts of the inside of ${name}, ${width} px, are drawn well`, async (t) => {
      for (const [chart, draw] of Object.entries(INSIDE_CHARTS)) {
        await t.step(chart, async () => {
          await assertDrawnWell(draw(runOf(shape), width), width);
        });
      }
    });
  }
}

Deno.test("charts of a run that was not looked into say so, or show what is known", async () => {
  const run = { ...runOf({ tokens: 6 }), inside: null };
  for (const [chart, draw] of Object.entries(INSIDE_CHARTS)) {
    const html = await draw(run, 640).toHtml();
    if (chart === "rails" || chart === "pipeline") continue;
    ok(html.includes("--depth component"), `${chart} names what to do`);
    ok(/ot (looked )?into/.test(html), `${chart} says why`);
  }
});

Deno.test("charts of energies draw none where none was measured, and never a zero", async () => {
  const run = runOf({ energies: false, tokens: 6 });
  const ofEnergy = ["layers", "components", "rails", "treemap", "icicle", "sankey", "waterfall"];
  for (const chart of ofEnergy) {
    const html = await INSIDE_CHARTS[chart]!(run, 640).toHtml();
    ok(html.includes("The energy of this run was not measured"), chart);
    ok(!/\b0 mJ|NaN/.test(html), chart);
  }
  const pipeline = await charts.pipeline(run).toHtml();
  ok(pipeline.includes("Energy was not measured.") && pipeline.includes("not measured"));
});

Deno.test("charts of an estimate say that it is none", async () => {
  const run = runOf({ rails: ["cpu"], kind: "estimated", tokens: 6 });
  for (const chart of ["layers", "components", "rails", "treemap", "icicle", "sankey"]) {
    const html = await INSIDE_CHARTS[chart]!(run, 640).toHtml();
    ok(html.includes("Estimated energy") && html.includes("An estimate, not a"), chart);
  }
});

function hostile(run: ProfilingRun): ProfilingRun {
  const text = HOSTILE.join("");
  const rename = <T extends { component: string }>(part: T): T =>
    part.component === "q_proj" ? { ...part, component: text } : part;
  const inside = run.inside!;
  return {
    ...run,
    power: { ...run.power, label: text, source: text },
    sections: run.sections.map((section) => ({ ...section, name: text })),
    tokens: run.tokens.map((token, at) => ({ ...token, text: HOSTILE[at % HOSTILE.length]! })),
    inside: {
      ...inside,
      parts: inside.parts.map(rename),
      components: inside.components.map(rename),
      operations: inside.operations.map((one) => ({ ...rename(one), operation: text })),
      cells: { ...inside.cells!, places: inside.cells!.places.map(rename) },
    },
  };
}

Deno.test("charts make hostile names and texts visible and harmless", async () => {
  const run = hostile(runOf({ ...USUAL, operations: true, layers: 2, tokens: 4 }));
  for (const draw of Object.values(INSIDE_CHARTS)) await assertHarmless(draw(run, 640));
  await assertHarmless(charts.waterfall(run, { token: 1, title: HOSTILE.join("") }));
});

Deno.test("charts say what kinds of intervals they show, and of times where they come from", async () => {
  const usual = runOf(USUAL);
  const shared = runOf({ tokens: 6 });
  const said = async (figure: charts.Figure) =>
    /<figcaption[^>]*>([^<]*)/.exec(await figure.toHtml())?.[1] ?? "";
  const none = await said(charts.sankey({ ...shared, inside: null }));
  ok(none.includes("Intervals: 95 % intervals;"), none);
  const both = await said(charts.treemap(usual));
  ok(both.includes("95 % intervals or hard limits") && both.includes("Amplified components"), both);
  const parts = await said(charts.componentBreakdown(shared));
  ok(parts.includes("Intervals: hard limits;") && parts.includes("decode ×1.12 as long"), parts);
  const times = await said(charts.componentBreakdown(shared, { metric: "time" }));
  ok(!times.includes("Intervals") && times.includes("decode ×1.12 as long"), times);
});

Deno.test("charts of the inside refuse what cannot be drawn", () => {
  const run = runOf(USUAL);
  for (const draw of Object.values(INSIDE_CHARTS)) throws(() => draw(run, 3), InputError);
  throws(() => charts.layerHeatmap(run, { metric: "constructor" as "time" }), InputError);
  throws(() => charts.activations(run, { statistic: "toString" as "std" }), InputError);
});

Deno.test("charts of the inside have words for those who do not see them", () => {
  for (const [chart, draw] of Object.entries(INSIDE_CHARTS)) {
    const { alt } = draw(runOf(USUAL), 640);
    ok(alt.length > 40 && !/NaN|undefined|Infinity/.test(alt), `${chart}: ${alt}`);
  }
});

Deno.test("waterfall() of a token that is not there says how many there are", async () => {
  const figure = charts.waterfall(runOf(USUAL), { token: 99 });
  ok((await figure.toHtml()).includes("the run has 24 tokens"));
});

Deno.test("charts bear a megabyte where a name should be", async () => {
  const run = runOf({ tokens: 3, layers: 1 });
  const long = "<x>".repeat(350_000);
  const parts = run.inside!.components.map((part) => ({ ...part, component: long }));
  const figure = charts.componentBreakdown({
    ...run,
    inside: { ...run.inside!, components: parts.slice(0, 1) },
  });
  ok((await figure.toSvg()).length < 100_000);
  strictEqual(figure.alt.length < 100_000, true);
});

Deno.test("what a database gives back draws the same layers, heads and experts", async () => {
  const { rowsOf } = await import("./stored_rows.ts");
  const [live, stored] = [runOf(USUAL), runOf({ ...USUAL, stored: true })];
  const rows = rowsOf(live);
  const picture = async (figure: charts.Figure) =>
    (await figure.toSvg()).match(/<rect[^>]*fill="#(?!fff)[^>]*>|<image[^>]*>/g);
  for (const metric of ["energy", "time", "activation", "sparsity", "entropy"] as const) {
    const again = await picture(charts.layerHeatmap(stored, { metric, rows }));
    deepStrictEqual(again, await picture(charts.layerHeatmap(live, { metric })), metric);
  }
  const pairs: [charts.Figure, charts.Figure][] = [
    [charts.attentionEntropy(live), charts.attentionEntropy(stored, { rows })],
    [charts.waterfall(live), charts.waterfall(stored, { rows })],
    [charts.expertMap(live), charts.expertMap(stored, { rows })],
  ];
  for (const [a, b] of pairs) deepStrictEqual(await picture(b), await picture(a));
});
