/**
 * The vocabulary: the plain types that all rooms share. Times are milliseconds of the clock in
 * `clock.ts`, energies millijoules, powers milliwatts. `null` means "not measured" and never 0.
 *
 * @module
 */
export type * from "./record/details.ts";
export type * from "./record/deep.ts";
export * from "./record/energy.ts";
export type * from "./record/finding.ts";
export type * from "./record/inside.ts";
export type * from "./record/metrics.ts";
export type * from "./record/power.ts";
export type * from "./record/run.ts";
export type * from "./record/sink.ts";
export type * from "./record/timing.ts";
