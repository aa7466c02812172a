/**
 * Draws what was measured: plain records in, a {@linkcode Figure} out. Nothing that draws is loaded
 * before a figure is asked for its picture.
 *
 * @module
 */
export { type Drawing, Figure, type FigureContent, type HtmlOptions } from "./figure.ts";
export { FRAGMENT_STYLE as FIGURE_STYLE, themeVariables } from "./theme.ts";
export {
  powerTimeline,
  type PowerTimelineOptions,
  type PowerTimelineRun,
} from "./power_timeline.ts";
export { escapeHtml, visibleText } from "../safe_text.ts";
export { tokenEnergy, type TokenEnergyOptions, type TokenEnergyRun } from "./token_energy.ts";
export type { TokenFilter } from "./token_filter.ts";
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
export { type CellValue, type LayerValues, layerValues } from "./layer_values.ts";
export { type HeatmapMetric, layerHeatmap, type LayerHeatmapOptions } from "./layer_heatmap.ts";
export { componentBreakdown, type ComponentBreakdownOptions } from "./component_breakdown.ts";
export { railBreakdown, type RailBreakdownRun } from "./rail_breakdown.ts";
export { treemap, type TreemapOptions } from "./treemap.ts";
export { icicle } from "./icicle.ts";
export type { TreeRun } from "./energy_tree.ts";
export { sankey, type SankeyRun } from "./sankey.ts";
export { waterfall, type WaterfallOptions, type WaterfallRun } from "./waterfall.ts";
export { pipeline, type PipelineRun } from "./pipeline.ts";
export { activations, type ActivationsOptions } from "./activations.ts";
export { attentionEntropy, type AttentionEntropyOptions } from "./attention_entropy.ts";
export { headColumns, type HeadValues } from "./head_values.ts";
export { type RoutingValues, routingValues } from "./routing_values.ts";
export { expertMap, type ExpertMapOptions } from "./expert_map.ts";
export type { ChartOptions, InsideRun } from "./inside_notes.ts";
export type { InsideRows } from "./inside_rows.ts";
export { liveCard, liveLine, type LiveState } from "./live_card.ts";
