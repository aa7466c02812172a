/** Which figures the contact sheet shows, each for a width in px. */
import { CARBON_INTENSITIES, efficiency, ELECTRICITY_PRICES } from "../../lib/analysis/mod.ts";
import * as charts from "../../lib/charts/mod.ts";
import { type Figure, powerTimeline, tokenEnergy } from "../../lib/charts/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import {
  madeBatch,
  madeComparisons,
  madeContext,
  madeScaling,
  madeTradeoff,
} from "./answers_made.ts";
import { foundRun, history, spreadRun } from "./answers.ts";
import { INSIDE_SHEETS } from "./inside_sheets.ts";
import { HOSTILE, makeRun, type RunShape } from "./runs.ts";

const CPU_ONLY = { rails: ["cpu"], measuredRails: ["cpu"], totalRails: ["cpu"] } satisfies RunShape;
const SLOW = { repetitions: 2, tokens: 40, tokenMs: 40, prefillMs: 420 } satisfies RunShape;
const PACKAGE = {
  rails: ["cpu", "dram", "package", "system"],
  measuredRails: ["cpu", "dram", "package", "system"],
  totalRails: ["dram", "package"],
} satisfies RunShape;

export const SHEETS: Record<string, (width: number) => Figure> = {
  "sample-timeline": (width) => powerTimeline(sampleRun(), { width }),
  "sample-tokens": (width) => tokenEnergy(sampleRun(), { width }),
  "sample-estimate": (width) =>
    powerTimeline(sampleRun({ kind: "estimated", rails: ["cpu"] }), { width }),
  "timeline": (width) => powerTimeline(makeRun(), { width }),
  "timeline-estimate": (width) =>
    powerTimeline(makeRun({ kind: "estimated", ...CPU_ONLY }), { width }),
  "timeline-slow": (width) => powerTimeline(makeRun(SLOW), { width }),
  "timeline-zoom": (width) => powerTimeline(makeRun(SLOW), { width, phase: "decode" }),
  "timeline-gap": (width) =>
    powerTimeline(makeRun({ gap: true, energies: "null", status: "interrupted" }), { width }),
  "timeline-package": (width) => powerTimeline(makeRun(PACKAGE), { width }),
  "tokens": (width) => tokenEnergy(makeRun(), { width }),
  "tokens-estimate": (width) => tokenEnergy(makeRun({ kind: "estimated" }), { width }),
  "tokens-mixed": (width) =>
    tokenEnergy(makeRun({ energies: "mixed", groupSize: 3, tokens: 120 }), { width }),
  "tokens-null": (width) => tokenEnergy(makeRun({ energies: "null" }), { width }),
  "tokens-one": (width) => tokenEnergy(makeRun({ tokens: 1 }), { width }),
  "tokens-400": (width) => tokenEnergy(makeRun({ tokens: 400, groupSize: 1 }), { width }),
  "tokens-hostile": (width) =>
    tokenEnergy(makeRun({ text: HOSTILE, groupSize: 2, prompt: "<img src=x onerror=alert(1)>" }), {
      width,
    }),
  "distribution": (width) => charts.tokenDistribution(spreadRun(), { width }),
  "distribution-groups": (width) => charts.tokenDistribution(makeRun(), { width }),
  "distribution-mixed": (width) =>
    charts.tokenDistribution(makeRun({ energies: "mixed", groupSize: 1, tokens: 400 }), { width }),
  "distribution-null": (width) =>
    charts.tokenDistribution(makeRun({ energies: "null" }), { width }),
  "efficiency": (width) => {
    const run = sampleRun();
    const terms = { price: ELECTRICITY_PRICES.eu, carbon: CARBON_INTENSITIES.world };
    return charts.efficiency(run, efficiency(run, { ...terms, powerLimitMw: 20_000 }), { width });
  },
  "efficiency-estimate": (width) => {
    const run = sampleRun({ kind: "estimated", rails: ["cpu"] });
    return charts.efficiency(run, efficiency(run), { width });
  },
  "efficiency-null": (width) => {
    const run = makeRun({ energies: "null", measuredRails: [] });
    return charts.efficiency(run, efficiency(run), { width });
  },
  "over-time": (width) => charts.energyOverTime(sampleRun(), { width }),
  "over-time-runs": (width) => charts.energyOverTime(history(2), { width }),
  "over-time-many": (width) => charts.energyOverTime(history(90), { width }),
  "comparison": (width) => charts.comparison(madeComparisons(), { width }),
  "comparison-one": (width) => charts.comparison(madeComparisons()[2]!, { width }),
  "scaling": (width) => charts.scaling(madeScaling(), { width, source: "CPU+GPU+ANE (made)" }),
  "context": (width) => charts.context(madeContext(), { width }),
  "batch": (width) => charts.batch(madeBatch(), { width }),
  "tradeoff": (width) => charts.tradeoff(madeTradeoff(), { width }),
  "timeline-findings": (width) => powerTimeline(foundRun(), { width }),
  "tokens-above": (width) =>
    tokenEnergy(makeRun({ groupSize: 2 }), { width, aboveMj: 23, top: 12 }),
  ...INSIDE_SHEETS,
};
