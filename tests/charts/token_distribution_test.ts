import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { tokenDistribution } from "../../lib/charts/mod.ts";
import { sizeOf, usualEnergy } from "../../lib/charts/token_outliers.ts";
import { type GroupView, groupViews } from "../../lib/charts/token_views.ts";
import { InputError } from "../../lib/errors.ts";
import { spreadRun } from "./answers.ts";
import { assertDrawnWell, assertHarmless } from "./drawn_well.ts";
import { HOSTILE, makeRun, type RunShape } from "./runs.ts";
import { assertSnapshot } from "./snapshot.ts";

const SHAPES: Record<string, RunShape> = {
  "groups": {},
  "an estimate": { kind: "estimated" },
  "some unresolved": { energies: "mixed", groupSize: 1, tokens: 400 },
  "no energies": { energies: "null" },
  "one token": { tokens: 1 },
  "two tokens": { tokens: 2 },
  "hostile text": { text: [...HOSTILE, ...HOSTILE], groupSize: 1 },
};

for (const width of [640, 1000]) {
  for (const [name, shape] of Object.entries(SHAPES)) {
    Deno.test(`tokenDistribution() of ${name}, ${width} px, is drawn well`, async () => {
      await assertDrawnWell(tokenDistribution(makeRun(shape), { width }), width);
    });
  }
  Deno.test(`tokenDistribution() of outliers, ${width} px, is drawn well`, async () => {
    await assertDrawnWell(tokenDistribution(spreadRun(), { width }), width);
  });
}

function heights(svg: Element): number[] {
  const [bars] = svg.querySelectorAll('g[aria-label="rect"]');
  return [...bars?.querySelectorAll("rect") ?? []].map((bar) => Number(bar.getAttribute("height")));
}

Deno.test("tokenDistribution() draws bars that hold every decoded token once", async () => {
  const svg = await assertDrawnWell(tokenDistribution(spreadRun()), 760);
  const counts = [...svg.querySelectorAll('g[aria-label="rect"]')][0]!.querySelectorAll("title");
  const tokens = [...counts].reduce(
    (sum, title) => sum + Number(/(\d+) tokens/.exec(title.textContent ?? "")?.[1]),
    0,
  );
  strictEqual(tokens, 159);
  const drawn = heights(svg);
  const unit = Math.min(...drawn);
  strictEqual(Math.round(drawn.reduce((sum, height) => sum + height / unit, 0)), 159);
});

Deno.test("tokenDistribution() names what surely stands out and draws the rest hollow", async () => {
  const figure = tokenDistribution(spreadRun());
  const svg = await assertDrawnWell(figure, 760);
  const texts = [...svg.querySelectorAll("text")].map((text) => text.textContent ?? "");
  for (const index of [20, 41, 90, 120]) {
    ok(texts.some((text) => text.startsWith("“") && text.endsWith(` ${index}`)), `${index}`);
  }
  ok(
    !texts.some((text) => text.startsWith("“") && text.endsWith(" 91")),
    "its interval reaches in",
  );
  strictEqual(svg.querySelectorAll("circle").length, 5);
  strictEqual(svg.querySelectorAll('circle[fill="#ffffff"]').length, 1);
  ok(figure.alt.includes("4 stand out"));
});

Deno.test("tokenDistribution() says that tokens cannot be told apart where intervals are wider", async () => {
  ok((await tokenDistribution(makeRun()).toHtml()).includes("cannot be told apart"));
  ok(!(await tokenDistribution(spreadRun()).toHtml()).includes("cannot be told apart"));
});

Deno.test("tokenDistribution() draws what was not measured as absent", async () => {
  const svg = await assertDrawnWell(tokenDistribution(makeRun({ energies: "null" })), 760);
  strictEqual(svg.querySelectorAll('g[aria-label="rect"]').length, 0);
  ok(svg.textContent?.includes("The energy of the tokens was not measured."));
  ok(!svg.textContent?.includes("0 mJ"));
});

Deno.test("tokenDistribution() hatches as many tokens as are not resolved", async () => {
  const run = makeRun({ energies: "mixed", groupSize: 1, tokens: 120 });
  const vague = groupViews(run).filter((group) => group.phase === "decode" && !group.resolved);
  const html = await tokenDistribution(run).toHtml();
  ok(html.includes(`Hatched: ${vague.length} of 119 energies not resolved.`));
  ok(html.includes('fill="url(#tw-hatch)"'));
  ok(!(await tokenDistribution(makeRun()).toHtml()).includes('fill="url(#tw-hatch)"'));
});

Deno.test("tokenDistribution() makes hostile text harmless and refuses a width that is none", async () => {
  const run = makeRun({ text: [...HOSTILE, ...HOSTILE], groupSize: 1, prompt: HOSTILE.join("") });
  const groups = run.groups.map((group, at) => ({
    ...group,
    energy: { ...group.energy, mj: at < 18 ? 20 + at % 3 : 200, lowMj: at < 18 ? 20 : 190 },
  }));
  const figure = tokenDistribution({ ...run, groups });
  await assertHarmless(figure);
  await assertDrawnWell(figure, 760);
  throws(() => tokenDistribution(run, { width: 10 }), InputError);
});

function views(energies: readonly number[], half: number): GroupView[] {
  const [, group] = groupViews(makeRun({ tokens: 2 }));
  ok(group !== undefined);
  return energies.map((mj, index) => ({
    ...group,
    firstIndex: index,
    lastIndex: index,
    mjPerToken: mj,
    lowMj: mj - half,
    highMj: mj + half,
  }));
}

Deno.test("usualEnergy() finds outliers by median and MAD, and asks their intervals", () => {
  const energies = [10, 11, 9, 10, 12, 8, 10, 11, 9, 40];
  const usual = usualEnergy(views(energies, 1));
  strictEqual(usual?.medianMj, 10);
  deepStrictEqual(usual?.outliers.map(({ group, sure }) => [group.mjPerToken, sure]), [[40, true]]);
  // 40 − 26 lies within the usual 10 ± 3.5 × 1.4826.
  deepStrictEqual(usualEnergy(views(energies, 26))?.outliers.map(({ sure }) => sure), [false]);
});

Deno.test("usualEnergy() knows no outliers where all cost the same, or of few groups", () => {
  strictEqual(usualEnergy(views([5, 5, 5, 5, 5, 5, 5, 50], 0))?.range, null);
  strictEqual(usualEnergy(views([5, 6, 50], 0))?.range, null);
  strictEqual(usualEnergy([]), null);
});

Deno.test("usualEnergy() counts a group as many times as it has tokens", () => {
  const groups = views([10, 20], 1);
  const wide = { ...groups[1]!, firstIndex: 1, lastIndex: 5 };
  strictEqual(sizeOf(wide), 5);
  strictEqual(usualEnergy([groups[0]!, wide])?.medianMj, 20);
});

Deno.test("tokenDistribution() looks as it was accepted", async () => {
  await assertSnapshot(
    "token_distribution.svg",
    await tokenDistribution(spreadRun(), { width: 640 }).toSvg(),
  );
});
