/**
 * What any code costs: power sampled beside it, windows of time around it.
 *
 * @module
 */
export { type EndOptions, PowerWindow } from "./power_window.ts";
export type { CodeContext, MeasuredCode, MeasureOptions } from "./measured_code.ts";
export { PowerSession } from "./power_session.ts";
export { startPower, type StartPowerOptions } from "./start_power.ts";
export { isKeptWindows, type KeptWindows, summarizeKeptWindows } from "./kept_windows.ts";
export type { MeasuredWindow } from "./measured_window.ts";
export type { PowerReport } from "./report.ts";
