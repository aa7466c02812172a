import assert from "node:assert/strict";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { htmlReport, reportedRun, saveReport } from "../../lib/report/mod.ts";
import { insideRun } from "../charts/insides.ts";
import { makeRun } from "../charts/runs.ts";
import { sampleRun } from "../fixtures/run.ts";
import { HOSTILE } from "../notebook/hostile.ts";
import { headerOf, scratch, store } from "../store/scene.ts";
import { hostileRun, largeRun, markupOf, refuse, richRun } from "./reports.ts";

const titles = (html: string) =>
  [...html.matchAll(/<h3 class="tw-title">([^<]*)<\/h3>/g)].map(([, title]) => title!);
const anchors = (html: string) => [...html.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id!);

Deno.test("htmlReport() has every chart of a run, each with its numbers in a table", async () => {
  const html = await htmlReport({ run: richRun() });
  assert.deepEqual(anchors(html), [
    "summary",
    "time",
    "tokens",
    "explore",
    "parts",
    "conditions",
    "reading",
  ]);
  const charts = titles(html);
  for (
    const title of [
      "Power over time",
      "Pipeline of one mean repetition",
      "Energy per token, repetition by repetition",
      "Energy per token",
      "Distribution of the energy per token",
      "Efficiency",
      "Energy by layer and token",
      "Time by layer and token",
      "Mean |activation| by layer and token",
      "Activations near zero by layer and token",
      "Entropy of attention by layer and token",
      "Energy by rail",
      "Energy by component",
      "Energy from rails to components",
      "Energy by phase and component",
      "Energy of run, phases, layers and components",
      "Energy inside token 1",
      "Mean |activation| by layer",
      "Entropy of attention by head",
      "Experts chosen by layer",
    ]
  ) assert.ok(charts.includes(title), `${title} of ${charts.join(", ")}`);
  const cards = html.split('<div class="card"').slice(1).filter((card) => card.includes("<figure"));
  assert.equal(cards.length, charts.length);
  for (const card of cards) {
    assert.match(card, /<details class="data">[^]*<table>[^]*<tbody>\s*<tr>/);
  }
  refuse(markupOf(html), /NaN|undefined|\[object/);
  const ids = [...html.matchAll(/\sid="(?!tw-)([^"]*)"/g)].map(([, id]) => id);
  const page = ids.filter((id) => !/plot|clip/.test(id!));
  assert.equal(new Set(page).size, page.length, page.join(" "));
});

Deno.test("htmlReport() puts the status, the verdict and what was found first", async () => {
  const run = { ...sampleRun(), reason: "Ctrl-C", status: "interrupted" as const };
  const html = await htmlReport({ run });
  const places = [
    "This run is interrupted",
    "Ctrl-C",
    run.verdict,
    run.findings[0]!.message,
    "<svg",
  ].map((text) => html.indexOf(text));
  assert.ok(places.every((at) => at > 0));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
});

Deno.test("htmlReport() of a run with nothing measured says so, and shows no zero for it", async () => {
  for (const run of [makeRun({ energies: "null" }), insideRun({ energies: false })]) {
    const html = await htmlReport({ run });
    const tile = /Energy per decoded token<\/dt><dd><b>([^<]*)</.exec(html)![1];
    assert.equal(tile, "not measured");
    refuse(markupOf(html), /NaN|undefined/);
  }
});

Deno.test("htmlReport() bears a stored run that was killed before its first token", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const runId = database.createRun(headerOf(sampleRun()));
  database.finishRun(runId, { status: "failed", reason: "the disk was full" });
  const html = await htmlReport(reportedRun(database, runId));
  assert.match(html, /This run is failed<\/strong>: the disk was full/);
  assert.ok(!anchors(html).includes("explore"));
});

Deno.test("htmlReport() of windows around code shows them, and no answer", async () => {
  const sample = sampleRun();
  const model = { ...sample.model, name: "sorting", family: "none", numLayers: 0, parameters: 0 };
  const none = { phases: [], sections: [], tokens: [], groups: [], prompt: "", response: "" };
  const html = await htmlReport({ run: { ...sample, ...none, model } });
  assert.deepEqual(anchors(html), ["summary", "time", "conditions", "reading"]);
  assert.match(html, /<caption>Windows<\/caption>/);
  refuse(markupOf(html), /NaN|undefined|Tokens per second|>weights</);
});

Deno.test("htmlReport() executes nothing and hides nothing of what a run says", async () => {
  const html = await htmlReport(hostileRun());
  for (const character of HOSTILE.hidden) {
    assert.ok(!html.includes(character), `U+${character.charCodeAt(0).toString(16)}`);
  }
  assert.ok(html.isWellFormed());
  assert.equal(html.match(/<script/g)!.length, 5);
  assert.equal(html.match(/<\/script/g)!.length, 5);
  refuse(html, /<(iframe|img|textarea)/);
  assert.ok(html.length < 3e6, `${html.length} bytes for a line of a megabyte`);
});

Deno.test("htmlReport() of 500 tokens × 32 layers stays below 3 MB", async () => {
  const run = largeRun();
  const startMs = performance.now();
  const html = await htmlReport({ run });
  const bytes = new TextEncoder().encode(html).length;
  console.log(`500 × 32: ${bytes} bytes in ${Math.round(performance.now() - startMs)} ms`);
  assert.ok(bytes < 3e6, `${bytes} bytes`);
  assert.ok(html.includes("Layers and tokens"));
});

Deno.test("htmlReport() of several runs compares them with the first and names what differs", async () => {
  const run = sampleRun();
  const other = {
    ...run,
    runId: "20261123-060000-aaaaaa",
    model: { ...run.model, precision: "int8" },
    totals: { ...run.totals, tokensPerSecond: 2 * run.totals.tokensPerSecond! },
  };
  const html = await htmlReport([{ run }, { run: other }]);
  assert.deepEqual(anchors(html), [
    "summary",
    "comparison",
    "conditions",
    "run-1",
    "run-2",
    "reading",
  ]);
  assert.ok(titles(html).includes("B tinytales int8 against A tinytales fp32"));
  const conditions = /<section id="conditions"[^]*?<\/section>/.exec(html)![0];
  const rows = [...conditions.matchAll(/<th scope="row">([^<]*)/g)].map(([, name]) => name);
  assert.deepEqual(rows, ["precision"]);
  assert.match(html, /\d+ others are alike/);
  // Dearer, and by not quite the same for every token.
  const dear = (factor: number) => ({
    ...other,
    totals: { ...other.totals, joulesPerToken: factor * other.totals.joulesPerToken! },
    tokens: other.tokens.map((token) => ({
      ...token,
      energyMj: token.energyMj! * (factor + 0.02 * (token.index % 3)),
    })),
    groups: other.groups.map((group, at) => ({
      ...group,
      energy: { ...group.energy, mj: group.energy.mj! * (factor + 0.02 * (at % 3)) },
    })),
  });
  const once = await htmlReport([{ run }, { run: dear(1.5) }]);
  const twice = await htmlReport([{ run }, { run: dear(1.5) }, { run: dear(1.02) }]);
  const chances = (html: string) =>
    /energy per token<\/th>(?:<td[^>]*>[^<]*<\/td>){4}<td[^>]*>([^<]*)</.exec(html)![1]!;
  const [alone, beside] = [once, twice].map((html) => Number(chances(html)));
  assert.ok(alone! > 0 && beside! > alone!, `p ${alone} alone, ${beside} beside another`);
});

Deno.test("htmlReport() says why runs of two sources cannot be compared, and shows both", async () => {
  const [measured, estimated] = [sampleRun(), sampleRun({ kind: "estimated", rails: ["cpu"] })];
  const html = await htmlReport([{ run: measured }, { run: estimated }]);
  assert.match(html, /Cannot compare these runs: their power is /);
  assert.equal(html.match(/id="run-\d"/g)!.length, 2);
  // Times need no power.
  assert.match(html, /Tokens per second/);
});

Deno.test("saveReport() and reportedRun() say what was asked for and what to do", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const runId = store(database);
  assert.throws(() => reportedRun(database, runId.slice(0, -1) + "z"), {
    name: "InputError",
    message: /did you mean/,
  });
  await assert.rejects(htmlReport([]), /no run; name one/);
  await assert.rejects(
    saveReport(`${scene.folder}/no/report.html`, reportedRun(database, "last")),
    { name: "InputError", message: /Cannot save the report .* choose a folder/ },
  );
  const path = `${scene.folder}/report.html`;
  const bytes = await saveReport(path, reportedRun(database, "last"));
  assert.equal(Deno.statSync(path).size, bytes);
});
