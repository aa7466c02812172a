/**
 * Which charts a report of one run has, in which order.
 *
 * @module
 */
import { efficiency } from "../analysis/mod.ts";
import * as charts from "../charts/mod.ts";
import {
  activationTable,
  componentTable,
  expertTable,
  headTable,
  layerTable,
  metricTable,
  partTable,
} from "./inside_tables.ts";
import type { Panel } from "./panel.ts";
import type { ReportedRun } from "./reported_run.ts";
import {
  efficiencyTable,
  groupTable,
  railTable,
  repetitionTable,
  sectionTable,
  timelineTables,
  tokenTable,
} from "./run_tables.ts";
import { isOfCode } from "./windows.ts";

/** What happened when. */
export function timePanels(reported: ReportedRun): Panel[] {
  const { run } = reported;
  const timeline = { figure: charts.powerTimeline(run), tables: timelineTables(run) };
  if (isOfCode(reported)) return [timeline];
  const several = run.measured.repetitions > 1;
  return [
    timeline,
    { figure: charts.pipeline(run), tables: [sectionTable(run)] },
    ...several ? [{ figure: charts.energyOverTime(run), tables: [repetitionTable(run)] }] : [],
  ];
}

/** What the answer cost, word by word. */
export function tokenPanels({ run }: ReportedRun): Panel[] {
  return [
    { figure: charts.tokenEnergy(run), tables: [tokenTable(run)] },
    ...run.tokens.length > 2
      ? [{ figure: charts.tokenDistribution(run), tables: [groupTable(run)] }]
      : [],
    { figure: charts.efficiency(run, efficiency(run)), tables: [efficiencyTable(run)] },
  ];
}

/** What each metric of a cell is called, and in what unit. */
export const METRICS = {
  energy: { label: "Energy", unit: "mJ" },
  time: { label: "Time", unit: "ms" },
  activation: { label: "Activation", unit: "mean |x|" },
  sparsity: { label: "Near zero", unit: "share" },
  entropy: { label: "Entropy of attention", unit: "nats" },
} as const satisfies Record<charts.HeatmapMetric, { label: string; unit: string }>;

/** Heat maps of what is known by layer and token. */
export function heatPanels(reported: ReportedRun): Panel[] {
  const { run, rows } = reported;
  if (run.inside === null) return [];
  return Object.entries(METRICS).flatMap(([name, { unit }]): Panel[] => {
    const metric = name as charts.HeatmapMetric;
    if (charts.layerValues(run, metric, rows) === null) return [];
    const tables = metric === "energy"
      ? [layerTable(reported), metricTable(reported, metric, unit)]
      : [metricTable(reported, metric, unit)];
    return [{ figure: charts.layerHeatmap(run, given({ metric, rows })), tables, metric }];
  });
}

/** Where the energy went. */
export function partPanels(reported: ReportedRun): Panel[] {
  const { run, rows } = reported;
  const rails = { figure: charts.railBreakdown(run), tables: [railTable(run)] };
  if (run.inside === null) return [rails];
  const [components, parts] = [[componentTable(reported)], [partTable(reported)]];
  const hasActivations = run.inside.parts.some(({ activation }) => activation !== null);
  const heads = headTable(reported);
  const experts = expertTable(reported);
  return [
    rails,
    { figure: charts.componentBreakdown(run), tables: components },
    { figure: charts.sankey(run), tables: [railTable(run), ...components] },
    { figure: charts.treemap(run), tables: components },
    { figure: charts.icicle(run), tables: parts },
    { figure: charts.waterfall(run, given({ rows })), tables: [layerTable(reported)] },
    ...hasActivations
      ? [{
        figure: charts.activations(run, given({ rows })),
        tables: [activationTable(reported)],
      }]
      : [],
    ...heads.rows.length > 0
      ? [{ figure: charts.attentionEntropy(run, given({ rows })), tables: [heads] }]
      : [],
    ...experts.rows.length > 0
      ? [{ figure: charts.expertMap(run, given({ rows })), tables: [experts] }]
      : [],
  ];
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [K in keyof T]: Exclude<T[K], undefined> };
}
