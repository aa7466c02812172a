/**
 * The pictures of docs/charts.md. Run `deno run -A tests/charts/doc_pictures.ts` to draw them anew.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command: it prints what it drew
import { CARBON_INTENSITIES, efficiency, ELECTRICITY_PRICES } from "../../lib/analysis/mod.ts";
import * as charts from "../../lib/charts/mod.ts";
import type { Figure } from "../../lib/charts/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { foundRun, history, spreadRun } from "./answers.ts";
import {
  madeBatch,
  madeComparisons,
  madeContext,
  madeScaling,
  madeTradeoff,
} from "./answers_made.ts";
import { INSIDE_SHEETS } from "./inside_sheets.ts";
import { makeRun } from "./runs.ts";

const WIDTH = 640;

function inside(name: keyof typeof INSIDE_SHEETS): Figure {
  return INSIDE_SHEETS[name]!(WIDTH);
}

/** A picture for each chart, by the chart's name. */
export const DOC_PICTURES: Record<string, () => Figure> = {
  powerTimeline: () => charts.powerTimeline(foundRun(), { width: WIDTH }),
  tokenEnergy: () => charts.tokenEnergy(makeRun({ tokens: 40, groupSize: 3 }), { width: WIDTH }),
  tokenDistribution: () => charts.tokenDistribution(spreadRun(), { width: WIDTH }),
  efficiency: () => {
    const run = sampleRun();
    const terms = { price: ELECTRICITY_PRICES.eu, carbon: CARBON_INTENSITIES.world };
    return charts.efficiency(run, efficiency(run, terms), { width: WIDTH });
  },
  energyOverTime: () => charts.energyOverTime(history(14), { width: WIDTH }),
  layerHeatmap: () => inside("inside-layers"),
  componentBreakdown: () => inside("inside-components"),
  railBreakdown: () => inside("inside-rails"),
  treemap: () => inside("inside-treemap"),
  icicle: () => inside("inside-icicle"),
  sankey: () => inside("inside-sankey"),
  waterfall: () => inside("inside-waterfall"),
  pipeline: () => inside("inside-pipeline"),
  activations: () => inside("inside-activations"),
  attentionEntropy: () => inside("inside-heads"),
  expertMap: () => inside("inside-experts"),
  comparison: () => charts.comparison(madeComparisons(), { width: WIDTH }),
  scaling: () => charts.scaling(madeScaling(), { width: WIDTH }),
  context: () => charts.context(madeContext(), { width: WIDTH }),
  batch: () => charts.batch(madeBatch(), { width: WIDTH }),
  tradeoff: () => charts.tradeoff(madeTradeoff(), { width: WIDTH }),
};

/** The file of a chart's picture: `docs/images/chart-power-timeline.svg`. */
export function pictureFile(chart: string): URL {
  const name = chart.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new URL(`../../docs/images/chart-${name}.svg`, import.meta.url);
}

/**
 * The picture as the file has it: places finer than 0.01 px only make it longer. Words keep their
 * digits: 0.034 EUR is not 0.03.
 */
export async function drawPicture(chart: string): Promise<string> {
  const svg = await DOC_PICTURES[chart]!().toSvg();
  const rounded = (text: string) =>
    text.replace(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))));
  return svg.replace(
    / ([\w:-]+)="([^"]*)"(?=[^<>]*>)/g,
    (whole, name, value) => name === "aria-label" ? whole : ` ${name}="${rounded(value)}"`,
  );
}

if (import.meta.main) {
  for (const chart of Object.keys(DOC_PICTURES)) {
    const svg = await drawPicture(chart);
    await Deno.writeTextFile(pictureFile(chart), svg);
    console.log(`${pictureFile(chart).pathname}: ${(svg.length / 1024).toFixed(0)} KB`);
  }
}
