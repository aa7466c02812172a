import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { tokenEnergy } from "../../lib/charts/mod.ts";
import { groupViews } from "../../lib/charts/token_views.ts";
import { tokenRamp } from "../../lib/charts/token_ramp.ts";
import { InputError } from "../../lib/errors.ts";
import { assertDrawnWell } from "./drawn_well.ts";
import { HOSTILE, makeRun, type RunShape } from "./runs.ts";
import { assertSnapshot } from "./snapshot.ts";
import { brokenNumbers, overlaps, readSvg, textBoxes } from "./svg_reader.ts";
import { parseHTML } from "linkedom";

const SHAPES: Record<string, RunShape> = {
  "groups": {},
  "estimate": { kind: "estimated" },
  "some unresolved": { energies: "mixed", groupSize: 3, tokens: 120 },
  "no energies": { energies: "null" },
  "one token": { tokens: 1 },
  "400 tokens": { tokens: 400, groupSize: 1 },
  "hostile text": { text: HOSTILE, groupSize: 2, prompt: HOSTILE.join("") },
  "an interrupted run": { tokens: 9, status: "interrupted" },
};

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const width of [640, 1000]) {
    Deno.test(`tokenEnergy() of ${name}, ${width} px: sound numbers, free labels, inside its frame`, async () => {
      const svg = readSvg(await tokenEnergy(makeRun(shape), { width }).toSvg());
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

function read(html: string): Document {
  return parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
}

Deno.test("tokenEnergy() shows prompt and text as they are", async () => {
  const run = makeRun();
  const text = read(await tokenEnergy(run).toHtml()).querySelector(".tw-text")?.textContent;
  strictEqual(text, `${run.prompt}${run.response}`.replaceAll("\n", "↵\n"));
});

Deno.test("tokenEnergy() gives a group one colour, and never one to the prefill", async () => {
  const run = makeRun();
  const groups = [...read(await tokenEnergy(run).toHtml()).querySelectorAll(".tw-group")];
  strictEqual(groups.length, run.groups.length);
  groups.forEach((group, at) => {
    const steps = /tw-q\d/.exec(group.getAttribute("class") ?? "");
    strictEqual(steps !== null, at > 0);
    strictEqual(group.querySelectorAll("[class^=tw-q]").length, 0, "no colour inside a group");
  });
});

Deno.test("tokenEnergy() hatches what is not resolved and says so", async () => {
  const figure = tokenEnergy(makeRun(SHAPES["some unresolved"]));
  const html = await figure.toHtml();
  const hatched = read(html).querySelectorAll(".tw-unresolved").length;
  ok(hatched > 0);
  ok(html.includes(`Hatched: ${hatched} of 41 groups not resolved.`));
  ok(!(await tokenEnergy(makeRun()).toHtml()).includes('tw-unresolved"'));
});

Deno.test("tokenEnergy() draws what was not measured as absent and not as zero", async () => {
  const html = await tokenEnergy(makeRun({ energies: "null" })).toHtml();
  const page = read(html);
  strictEqual(
    page.querySelectorAll(".tw-group").length,
    page.querySelectorAll(".tw-absent").length,
  );
  strictEqual(page.querySelectorAll('g[aria-label="rect"]').length, 0);
  ok(html.includes("The energy of the tokens was not measured."));
  ok(!html.includes("0 mJ"));
});

Deno.test("tokenEnergy() says that an estimate is none", async () => {
  const html = await tokenEnergy(makeRun({ kind: "estimated" })).toHtml();
  ok(
    html.includes("Estimated energy per token") && html.includes("An estimate, not a measurement"),
  );
});

Deno.test("tokenEnergy() draws bars as high as the energy per token, with their intervals", async () => {
  const run = makeRun();
  const svg = readSvg(await tokenEnergy(run).toSvg());
  const bars = [...svg.querySelectorAll('g[aria-label="rect"] rect')];
  const known = run.groups.slice(1).map(({ energy, firstIndex, lastIndex }) =>
    (energy.mj ?? 0) / (lastIndex - firstIndex + 1)
  );
  const heights = bars.map((bar) => Number(bar.getAttribute("height")));
  strictEqual(heights.length, known.length);
  const scale = (heights[0] ?? 0) / (known[0] ?? 1);
  heights.forEach((height, at) => ok(Math.abs(height - scale * (known[at] ?? 0)) < 1e-6));
  const whiskers = [...svg.querySelectorAll('g[aria-label="rule"] line')];
  strictEqual(whiskers.length, known.length + 1, "and the zero line");
});

Deno.test("tokenEnergy() makes hostile text visible and harmless", async () => {
  const figure = tokenEnergy(makeRun({ text: HOSTILE, prompt: HOSTILE.join("") }));
  for (const markup of [await figure.toSvg(), await figure.toHtml()]) {
    ok(!/<script|onload=alert\(2\)>"|<svg onload/.test(markup), "no markup");
    // deno-lint-ignore no-control-regex -- exactly these must not be there
    ok(!/[\u0000-\u0009\u000b-\u001f\u202e]/.test(markup), "no control characters");
    ok(markup.isWellFormed());
    ok(markup.includes("␛[31mred") && markup.includes("⟨U+202E⟩"));
    ok(markup.includes("&amp;lt;b&amp;gt;"), "what was escaped before stays so");
    ok(markup.includes("⟨id 310⟩"), "a token without text is there");
  }
});

Deno.test("tokenEnergy() bears a prompt of a megabyte and a run without tokens", async () => {
  const long = await tokenEnergy(makeRun({ prompt: "<x>".repeat(350_000) })).toHtml();
  ok(long.length < 100_000);
  const none = { ...makeRun(), tokens: [], groups: [] };
  ok((await tokenEnergy(none).toSvg()).includes("The run has no tokens."));
  throws(() => tokenEnergy(none, { width: 3 }), InputError);
});

Deno.test("groupViews() lets a token of an unknown group stand alone, not measured", () => {
  const views = groupViews({ ...makeRun({ tokens: 3 }), groups: [] });
  deepStrictEqual(views.map(({ mjPerToken }) => mjPerToken), [null, null, null]);
});

Deno.test("tokenRamp() does not stretch noise: wide intervals give near colours", () => {
  const spread = (relative: "known" | "unresolved") => {
    const views = groupViews(makeRun({ energies: relative }));
    const steps = views.map((view) => tokenRamp(views)?.stepOf(view) ?? null);
    const seen = steps.filter((step) => step !== null);
    return Math.max(...seen) - Math.min(...seen);
  };
  ok(spread("known") > spread("unresolved"));
  ok(spread("unresolved") <= 1);
});

Deno.test("tokenRamp() is null without a decoded token, and whole for equal energies", () => {
  strictEqual(tokenRamp(groupViews(makeRun({ tokens: 1 }))), null);
  const [, view] = groupViews(makeRun({ tokens: 2 }));
  ok(view !== undefined);
  const zero = { ...view, mjPerToken: 0, lowMj: 0, highMj: 0 };
  strictEqual(tokenRamp([zero])?.stepOf(zero), 0);
});

Deno.test("tokenEnergy() colours what was asked for and fades the rest", async () => {
  const run = makeRun();
  const perToken = run.groups.slice(1).map(({ energy, firstIndex, lastIndex }) =>
    (energy.mj ?? 0) / (lastIndex - firstIndex + 1)
  );
  const aboveMj = perToken.toSorted((a, b) => a - b)[6]!;
  const count = perToken.filter((mj) => mj >= aboveMj).length;
  for (const [filter, shown] of [[{ aboveMj }, count], [{ top: 3 }, 3]] as const) {
    const figure = tokenEnergy(run, filter);
    const page = read(await figure.toHtml());
    strictEqual(page.querySelectorAll("[class*=tw-q]").length, shown);
    strictEqual(page.querySelectorAll(".tw-faded").length, perToken.length - shown);
    ok(
      (await figure.toHtml()).includes(`In colour: ${shown} of ${perToken.length} decoded groups`),
    );
    await assertDrawnWell(figure, 760);
  }
  const both = read(await tokenEnergy(run, { top: 2, aboveMj: 1e6 }).toHtml());
  strictEqual(both.querySelectorAll("[class*=tw-q]").length, 0);
  ok(!(await tokenEnergy(run).toHtml()).includes("In colour"));
});

Deno.test("tokenEnergy() refuses thresholds that are none", () => {
  for (const filter of [{ aboveMj: -1 }, { aboveMj: NaN }, { top: 0 }, { top: 1.5 }]) {
    throws(() => tokenEnergy(makeRun(), filter), InputError);
  }
});

Deno.test("tokenEnergy() looks as it was accepted", async () => {
  const figure = tokenEnergy(makeRun({ tokens: 12, groupSize: 4, energies: "mixed" }), {
    width: 640,
  });
  await assertSnapshot("token_energy.svg", await figure.toSvg());
  await assertSnapshot("token_energy.html", await figure.toHtml());
});
