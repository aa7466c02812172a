/** The figures of the inside of runs, each for a width in px. */
import * as charts from "../../lib/charts/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { insideRun, type InsideShape } from "./insides.ts";
import { rowsOf } from "./stored_rows.ts";

/** Every chart of a run's inside, by name. */
export const INSIDE_CHARTS: Record<string, (run: ProfilingRun, width: number) => charts.Figure> = {
  "layers": (run, width) => charts.layerHeatmap(run, { width }),
  "layers-time": (run, width) => charts.layerHeatmap(run, { width, metric: "time" }),
  "layers-activation": (run, width) => charts.layerHeatmap(run, { width, metric: "activation" }),
  "layers-sparsity": (run, width) => charts.layerHeatmap(run, { width, metric: "sparsity" }),
  "layers-entropy": (run, width) => charts.layerHeatmap(run, { width, metric: "entropy" }),
  "components": (run, width) => charts.componentBreakdown(run, { width }),
  "components-time": (run, width) => charts.componentBreakdown(run, { width, metric: "time" }),
  "rails": (run, width) => charts.railBreakdown(run, { width }),
  "treemap": (run, width) => charts.treemap(run, { width }),
  "treemap-layers": (run, width) => charts.treemap(run, { width, by: "layer" }),
  "icicle": (run, width) => charts.icicle(run, { width }),
  "sankey": (run, width) => charts.sankey(run, { width }),
  "waterfall": (run, width) => charts.waterfall(run, { width }),
  "pipeline": (run, width) => charts.pipeline(run, { width }),
  "activations": (run, width) => charts.activations(run, { width }),
  "heads": (run, width) => charts.attentionEntropy(run, { width }),
  "experts": (run, width) => charts.expertMap(run, { width }),
};

export const USUAL: InsideShape = {
  activations: true,
  deep: true,
  experts: 8,
  amplified: ["q_proj", "lm_head"],
};
export const LARGE: InsideShape = { ...USUAL, layers: 80, tokens: 120, heads: 32, experts: 64 };

/** Runs are made once: a large one takes a while. */
const runs = new Map<string, ProfilingRun>();

/** The run of a shape. */
export function runOf(shape: InsideShape): ProfilingRun {
  const key = JSON.stringify(shape);
  const run = runs.get(key) ?? insideRun(shape);
  runs.set(key, run);
  return run;
}

function sheets(
  prefix: string,
  shape: InsideShape,
  wanted = Object.keys(INSIDE_CHARTS),
): [string, (width: number) => charts.Figure][] {
  return wanted.map((name) => [
    `inside${prefix}-${name}`,
    (width) => INSIDE_CHARTS[name]!(runOf(shape), width),
  ]);
}

/** A browser takes its time: what differs in its numbers alone need not be looked at twice. */
const ONE_EACH = Object.keys(INSIDE_CHARTS).filter((name) =>
  !/^layers-(time|sparsity|activation)$|-time$/.test(name)
);

/** What the contact sheet shows. */
export const INSIDE_SHEETS: Record<string, (width: number) => charts.Figure> = {
  ...Object.fromEntries([
    ...sheets("", USUAL, ONE_EACH),
    ...sheets("-large", LARGE, [
      "layers",
      "icicle",
      "waterfall",
      "heads",
    ]),
    ...sheets("-one", { ...USUAL, layers: 1, tokens: 1 }, ["layers", "activations", "waterfall"]),
    ...sheets("-cpu", { rails: ["cpu"], kind: "estimated" }, ["rails", "sankey", "components"]),
    ...sheets("-package", { rails: ["cpu", "gpu", "dram", "package", "system"] }, [
      "rails",
      "sankey",
    ]),
    ...sheets("-null", { energies: false }, ["layers", "rails", "pipeline"]),
  ]),
  "inside-none": (width) => charts.componentBreakdown({ ...runOf({}), inside: null }, { width }),
  "inside-none-sankey": (width) => charts.sankey({ ...runOf({}), inside: null }, { width }),
  "inside-stored-layers": (width) =>
    charts.layerHeatmap(runOf({ stored: true }), { width, rows: rowsOf(runOf({})) }),
};
