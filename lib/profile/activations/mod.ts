/**
 * What components put out: statistics and deep metrics, by token.
 *
 * @module
 */
export { activationAt, type ActivationColumns, activationOf } from "./columns.ts";
export { deepFigures, expertChoices, loadBalance } from "./deep_columns.ts";
export { type FusionChange, fusionChanges } from "./fusion_changes.ts";
export { type ActivationOptions, ActivationRecorder } from "./recorder.ts";
export { type TappedTokens, tapTokens, type TapTokensOptions } from "./tap_tokens.ts";
export type { DeepColumns } from "../../record.ts";
