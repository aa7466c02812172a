import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { powerTimeline } from "../../lib/charts/mod.ts";
import { InputError } from "../../lib/errors.ts";
import type { ProfilingRun, Rail } from "../../lib/record.ts";
import { foundRun } from "./answers.ts";
import { assertDrawnWell } from "./drawn_well.ts";
import { makeRun, type RunShape } from "./runs.ts";
import { assertSnapshot } from "./snapshot.ts";
import { brokenNumbers, overlaps, pathArea, readSvg, textBoxes } from "./svg_reader.ts";

const SHAPES: Record<string, RunShape> = {
  "three rails": {},
  "estimate": {
    kind: "estimated",
    rails: ["cpu"],
    measuredRails: ["cpu"],
    totalRails: ["cpu"],
  },
  "gaps": { gap: true },
  "one token": { tokens: 1, repetitions: 40 },
  "400 tokens": { tokens: 400, repetitions: 3 },
  "no energies": { energies: "null", measuredRails: [] },
  "interrupted": { status: "interrupted", repetitions: 1, tokens: 9 },
  "rails beside the total": {
    rails: ["cpu", "dram", "package", "system"],
    measuredRails: ["cpu", "dram", "package", "system"],
    totalRails: ["dram", "package"],
  },
  "long phases": { repetitions: 2, tokens: 40, tokenMs: 40, prefillMs: 420 },
};

const FILLS: Partial<Record<Rail, string>> = { cpu: "#1876e8", gpu: "#eb9a1e", ane: "#4abe9a" };

function areas(svg: Element, rail: Rail): string[] {
  return [...svg.querySelectorAll(`g[aria-label="area"][fill="${FILLS[rail]}"] path`)]
    .map((path) => path.getAttribute("d") ?? "");
}

/** Px per s and px per W, read from the tick labels. */
function pxPerUnit(svg: Element): { second: number; watt: number } {
  const ticks = [...svg.querySelectorAll("text")].map((element) => ({
    text: element.textContent ?? "",
    at: /\(([-\d.]+),([-\d.]+)\)/.exec(element.getAttribute("transform") ?? "")?.slice(1).map(
      Number,
    ),
  }));
  const slope = (pattern: RegExp, axis: 0 | 1) => {
    const found = ticks.filter(({ text, at }) => at !== undefined && pattern.test(text));
    const [first, last] = [found[0], found.at(-1)];
    const px = (last?.at?.[axis] ?? 0) - (first?.at?.[axis] ?? 0);
    return Math.abs(px / (parseFloat(last?.text ?? "") - parseFloat(first?.text ?? "")));
  };
  return { second: slope(/^[\d.]+ s$/, 0), watt: slope(/^[\d.]+ W$/, 1) };
}

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const width of [640, 1000]) {
    Deno.test(`powerTimeline() of ${name}, ${width} px: sound numbers, free labels, inside its frame`, async () => {
      const svg = readSvg(await powerTimeline(makeRun(shape), { width }).toSvg());
      deepStrictEqual(brokenNumbers(svg), []);
      const boxes = textBoxes(svg);
      deepStrictEqual(overlaps(boxes), []);
      const height = Number(svg.getAttribute("height"));
      for (const { text, left, right, top, bottom } of boxes) {
        ok(left >= 0 && right <= width + 40 && top >= 0 && bottom <= height, `outside: ${text}`);
      }
    });
  }
}

for (const gap of [false, true]) {
  Deno.test(`powerTimeline() draws areas that hold the energy of the records, gap: ${gap}`, async () => {
    const run = makeRun({ gap });
    const svg = readSvg(await powerTimeline(run).toSvg());
    const { second, watt } = pxPerUnit(svg);
    for (const rail of ["cpu", "gpu", "ane"] as const) {
      const drawnMj = areas(svg, rail).reduce((sum, path) => sum + pathArea(path), 0) /
        (second * watt) * 1e3;
      const recordedMj = run.trace.samples.reduce((sum, s) => sum + (s.energyMj[rail] ?? 0), 0);
      ok(Math.abs(drawnMj / recordedMj - 1) < 0.005, `${rail}: ${drawnMj} of ${recordedMj} mJ`);
    }
  });
}

Deno.test("powerTimeline() leaves a gap where records are missing", async () => {
  const whole = readSvg(await powerTimeline(makeRun()).toSvg());
  const broken = readSvg(await powerTimeline(makeRun({ gap: true })).toSvg());
  const parts = (svg: Element) => areas(svg, "cpu").join("").split("M").length - 1;
  strictEqual(parts(whole), 1);
  strictEqual(parts(broken), 2);
  ok(broken.textContent?.includes("no records"));
});

Deno.test("powerTimeline() draws no area for a rail that is null, and says that it is absent", async () => {
  const figure = powerTimeline(makeRun({ measuredRails: ["cpu", "gpu"] }));
  const svg = readSvg(await figure.toSvg());
  strictEqual(areas(svg, "ane").length, 0);
  strictEqual(areas(svg, "gpu").length, 1);
  ok(svg.textContent?.includes("ANEnot measured"));
  ok(figure.alt.includes("ane not measured"));
});

Deno.test("powerTimeline() says that an estimate is none", async () => {
  const figure = powerTimeline(makeRun(SHAPES["estimate"]));
  ok((await figure.toSvg()).includes("Estimated power"));
  ok((await figure.toHtml()).includes("An estimate, not a measurement"));
  ok(figure.alt.includes("An estimate, not a measurement"));
  ok(!(await powerTimeline(makeRun()).toHtml()).includes("stimate"));
});

Deno.test("powerTimeline() says what stopped a run and what was found", async () => {
  const run: ProfilingRun = {
    ...makeRun({ status: "interrupted" }),
    findings: [{
      kind: "thermal-pressure",
      severity: "warning",
      startMs: makeRun().trace.samples[60]?.startMs ?? 0,
      value: 2,
      unit: "level",
      message: "Thermal pressure was <serious>",
      remedy: "let the machine cool down",
    }],
  };
  const html = await powerTimeline(run).toHtml();
  ok(html.includes("The run was interrupted"));
  ok(html.includes("Thermal pressure was &lt;serious&gt;."));
  ok(html.includes("<title>Thermal pressure was &lt;serious&gt;</title>"));
});

Deno.test("powerTimeline() names findings where they were, and only in a view that holds them", async () => {
  const svg = await assertDrawnWell(powerTimeline(foundRun(), { width: 640 }), 640);
  const texts = (drawing: Element) =>
    [...drawing.querySelectorAll("text")].map((text) => text.textContent);
  ok(texts(svg).includes("thermal pressure") && texts(svg).includes("gap"));
  const mark = [...svg.querySelectorAll('rect[height="3"]')].at(0);
  const { second } = pxPerUnit(svg);
  ok(Math.abs(Number(mark?.getAttribute("width")) - 1.7 * second) < 0.1, "1.7 s long");
  const zoomed = powerTimeline(foundRun(), { phase: "baseline" });
  ok(!texts(await assertDrawnWell(zoomed, 760)).includes("thermal pressure"));
});

Deno.test("powerTimeline() zooms to a phase, with token ticks where they have room", async () => {
  const run = makeRun(SHAPES["long phases"]);
  const ticks = (markup: string) => (markup.match(/v5/g) ?? []).length;
  const zoomed = await powerTimeline(run, { phase: "decode", repetition: 1 }).toSvg();
  ok(zoomed.includes("Power during decode"));
  // The prefill's end and each decoded token's.
  strictEqual(ticks(zoomed), 40);
  strictEqual(ticks(await powerTimeline(makeRun()).toSvg()), 0);
});

Deno.test("powerTimeline() refuses a phase that the run has not and names those that it has", () => {
  throws(
    () => powerTimeline(makeRun(), { phase: "lunch" }),
    (error: Error) =>
      error instanceof InputError && error.message.includes('"lunch"') &&
      error.message.includes("model_load, warm_up, baseline, prefill, decode"),
  );
  throws(() => powerTimeline(makeRun(), { phase: "decode", repetition: 99 }), InputError);
  throws(() => powerTimeline(makeRun(), { width: NaN }), InputError);
});

Deno.test("powerTimeline() draws a run of which nothing was kept", async () => {
  const run = { ...makeRun(), trace: { samples: [], phases: [], tokens: [] } };
  const svg = await powerTimeline(run).toSvg();
  deepStrictEqual(brokenNumbers(readSvg(svg)), []);
  ok(svg.includes("No power records."));
});

Deno.test("powerTimeline() never makes markup of labels, phases and messages", async () => {
  const run = makeRun({ repetitions: 1 });
  run.power.label = "<script>alert(1)</script>\u202e";
  run.trace.phases.push({
    name: "<img src=x onerror=alert(1)>\u001b[31m",
    repetition: null,
    startMs: run.trace.phases[0]?.startMs ?? 0,
    endMs: run.trace.phases.at(-1)?.endMs ?? 0,
    energyMj: 1,
  });
  const figure = powerTimeline(run);
  for (const markup of [await figure.toSvg(), await figure.toHtml()]) {
    for (const sign of ["<script", "<img", "\u202e", "\u001b"]) ok(!markup.includes(sign), sign);
  }
});

Deno.test("powerTimeline() looks as it was accepted", async () => {
  const shape = { repetitions: 2, tokens: 6, tokenMs: 120, prefillMs: 200 };
  const figure = powerTimeline(makeRun(shape), { phase: "decode", width: 640 });
  await assertSnapshot("power_timeline.svg", await figure.toSvg());
});
