/**
 * Reports: one HTML file with all that is known of a run, or of several, that needs nothing else.
 *
 * @module
 */
export { htmlReport, type ReportOptions, saveReport } from "./html_report.ts";
export { type ReportedRun, reportedRun, type RunCircumstances } from "./reported_run.ts";
export type { InsideRows } from "../charts/mod.ts";
