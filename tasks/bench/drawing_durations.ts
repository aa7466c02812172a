/**
 * Charts and the report of a long run through many layers.
 *
 * @module
 */
import { htmlReport, nowMs } from "@tokenwatt/tokenwatt";
import { type DurationMeasure, type Opened, opened } from "./duration.ts";

const WIDTH = 760;

/** All of them, in the order of the table. */
export const DRAWING_DURATIONS: readonly DurationMeasure[] = [
  {
    name: "chart-slowest",
    title: "the slowest chart",
    given: "1,000 tokens × 32 layers",
    budgetMs: null,
    rounds: 20,
    weight: 0.4,
    open: () => openChart((charts) => charts.at(-1)!),
  },
  {
    name: "chart-typical",
    title: "the chart in the middle",
    given: "1,000 tokens × 32 layers",
    budgetMs: null,
    rounds: 20,
    weight: 0.4,
    open: () => openChart((charts) => charts[charts.length >> 1]!),
  },
  {
    name: "report-page",
    title: "`htmlReport()` of a run in memory",
    given: "500 tokens × 32 layers",
    budgetMs: null,
    rounds: 12,
    async open() {
      const { largeRun } = await import("../../tests/report/reports.ts");
      const run = largeRun();
      return opened(() => htmlReport({ run }));
    },
  },
];

interface TimedChart {
  name: string;
  draw(): Promise<string>;
  ms: number;
}

/** Draws all charts, and takes one by how long that took. */
async function openChart(choose: (charts: readonly TimedChart[]) => TimedChart): Promise<Opened> {
  const { powerTimeline, tokenDistribution, tokenEnergy } = await import(
    "../../lib/charts/mod.ts"
  );
  const { INSIDE_CHARTS } = await import("../../tests/charts/inside_sheets.ts");
  const { insideRun } = await import("../../tests/charts/insides.ts");
  const shape = { heads: 32, experts: 8, activations: true, deep: true };
  const run = insideRun({ tokens: 1000, layers: 32, ...shape });
  const figures = {
    "power timeline": () => powerTimeline(run, { width: WIDTH }),
    "token energy": () => tokenEnergy(run, { width: WIDTH }),
    "token distribution": () => tokenDistribution(run, { width: WIDTH }),
    ...Object.fromEntries(
      Object.entries(INSIDE_CHARTS).map(([name, of]) => [name, () => of(run, WIDTH)]),
    ),
  };
  const charts: TimedChart[] = [];
  for (const [name, figure] of Object.entries(figures)) {
    const draw = async () => await figure().toHtml();
    await draw(); // Plot, d3 and linkedom are loaded once, and not by the first chart alone
    const startMs = nowMs();
    await draw();
    charts.push({ name, draw, ms: nowMs() - startMs });
  }
  const { name, draw } = choose(charts.sort((a, b) => a.ms - b.ms));
  return opened(draw, name);
}
