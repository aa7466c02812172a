/**
 * Draws what was measured: plain records in, a {@linkcode Figure} out. Nothing that draws is loaded
 * before a figure is asked for its picture.
 *
 * @module
 */
export { type Drawing, Figure, type FigureContent } from "./figure.ts";
export {
  powerTimeline,
  type PowerTimelineOptions,
  type PowerTimelineRun,
} from "./power_timeline.ts";
export { escapeHtml, visibleText } from "../safe_text.ts";
export { tokenEnergy, type TokenEnergyOptions, type TokenEnergyRun } from "./token_energy.ts";
export { tokenDistribution, type TokenDistributionOptions } from "./token_distribution.ts";
export { efficiency, type EfficiencyCardOptions, type EfficiencyRun } from "./efficiency.ts";
export {
  energyOverTime,
  type EnergyOverTimeOptions,
  type EnergyOverTimeRun,
} from "./energy_over_time.ts";
export type { AnswerOptions } from "./answer.ts";
export { comparison } from "./comparison.ts";
export { scaling } from "./scaling.ts";
export { context } from "./context.ts";
export { batch } from "./batch.ts";
export { tradeoff } from "./tradeoff.ts";
export { liveCard, liveLine, type LiveState } from "./live_card.ts";
