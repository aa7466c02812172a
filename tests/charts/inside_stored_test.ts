import { ok, strictEqual } from "node:assert/strict";
import * as charts from "../../lib/charts/mod.ts";
import { layerValues } from "../../lib/charts/layer_values.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { headerOf, scratch } from "../store/scene.ts";
import { INSIDE_CHARTS, runOf, USUAL } from "./inside_sheets.ts";
import { rowsOf } from "./stored_rows.ts";

Deno.test("every chart of an inside can be drawn from what the store gives back", async () => {
  const live = runOf(USUAL);
  const written = rowsOf(live);
  using place = scratch();
  using database = ProfileDatabase.open(place.path);
  const id = database.createRun(headerOf(live));
  database.addPowerSamples(id, live.trace.samples);
  database.addTokens(id, live.trace.tokens);
  database.addLayerMetrics(id, written.layers);
  database.addComponentMetrics(id, written.components);
  database.addDeepStatistics(id, written.statistics);
  database.addMoeExpertActivations(id, written.experts);
  database.finishRun(id, { status: "complete", result: live });

  const run = database.getRun(id)!;
  strictEqual(run.inside?.cells, null, "columns by token are rows");
  const rows = {
    layers: database.getLayerMetrics(id),
    components: database.getComponentMetrics(id),
    statistics: database.getDeepStatistics(id),
    experts: database.getMoeExpertActivations(id),
  };
  const drawn: Record<string, charts.Figure> = {
    "waterfall": charts.waterfall(run, { rows, token: 3 }),
    "activations": charts.activations(run, { rows }),
    "heads": charts.attentionEntropy(run, { rows }),
    "experts": charts.expertMap(run, { rows }),
  };
  for (const metric of ["energy", "time", "activation", "sparsity", "entropy"] as const) {
    drawn[metric] = charts.layerHeatmap(run, { rows, metric });
  }
  for (const name of ["components", "rails", "treemap", "icicle", "sankey", "pipeline"]) {
    drawn[name] = INSIDE_CHARTS[name]!(run, 760);
  }
  for (const [name, figure] of Object.entries(drawn)) {
    const html = await figure.toHtml();
    ok(!html.includes("nothing to show") && !html.includes("NaN"), name);
  }
  ok((await drawn.energy!.toHtml()).includes("Tokens are those of the first repetition."));
  ok((await drawn.activations!.toHtml()).includes("Bands reach from"));

  const [stored, measured] = [
    layerValues(run, "energy", rows),
    layerValues(live, "energy", undefined),
  ];
  stored!.values.forEach((value, at) => ok(Math.abs(value - measured!.values[at]!) < 1e-4));

  const steps = (figure: charts.Figure) =>
    figure.toHtml().then((html) =>
      html.match(/<title>[^<]*/g)?.map((title) => title.split(",")[1])
    );
  const again = await steps(drawn.waterfall!);
  strictEqual(again?.join(), (await steps(charts.waterfall(live, { token: 3 })))?.join());
});

Deno.test("charts by token of a run from a database say which rows they need", async () => {
  const run = runOf({ ...USUAL, stored: true });
  for (const chart of ["layers", "waterfall", "heads", "experts"]) {
    const html = await INSIDE_CHARTS[chart]!(run, 640).toHtml();
    ok(/rows: \{ \w+: db\.get\w+\(/.test(html.replaceAll("&quot;", '"')), chart);
  }
});
