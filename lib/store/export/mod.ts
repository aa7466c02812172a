/**
 * Writes runs for other programs: JSON, CSV, Perfetto, Parquet. Reads the JSON back.
 *
 * @module
 */
export { tableCsv } from "./csv.ts";
export { EXPORT_FORMATS, type ExportFormat, exportRun } from "./export_run.ts";
export { COLUMNS_KEY, TABLE_KEY, tableParquet } from "./parquet.ts";
export { type PerfettoEvent, type PerfettoTrace, perfettoTrace } from "./perfetto.ts";
