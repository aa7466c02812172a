import type { ModelSummary, ProfilingRun, RunHeader, RunPower, RunTotals } from "../record.ts";
import type { SqliteValue } from "./connection.ts";
import { DETAIL_COLUMNS, detailColumns, detailsOf } from "./detail_columns.ts";
import type { RunFigures } from "./figures.ts";
import type { RunHost } from "./host.ts";
import type { RunListing } from "./rows.ts";

/** A row of `profiling_runs`. */
export type RunRow = Record<string, SqliteValue>;

/** Fields of `T` and their columns. A field without one is kept in the JSON column `more`. */
type Columns<T> = Partial<Record<keyof T, string>>;

const MODEL: Columns<ModelSummary> = {
  name: "model_name",
  path: "model_path",
  family: "model_family",
  numLayers: "model_num_layers",
  parameters: "model_parameters",
  precision: "model_precision",
  contextLength: "model_context_length",
};

const HOST: Columns<RunHost> = {
  hostname: "hostname",
  os: "os",
  osRelease: "os_release",
  arch: "arch",
  chip: "chip",
  memoryBytes: "memory_bytes",
  pid: "pid",
  processStartedAtMs: "process_started_at_ms",
};

const TOTALS: Columns<RunTotals> = {
  durationMs: "duration_ms",
  energyMj: "energy_mj",
  lowMj: "low_mj",
  highMj: "high_mj",
  baselineMw: "baseline_mw",
  peakMw: "peak_mw",
  meanMw: "mean_mw",
  promptTokens: "prompt_tokens",
  generatedTokens: "generated_tokens",
  ttftMs: "ttft_ms",
  tokensPerSecond: "tokens_per_second",
  joulesPerToken: "joules_per_token",
  joulesPerPromptToken: "joules_per_prompt_token",
  prefillMj: "prefill_mj",
  decodeMj: "decode_mj",
  loadMj: "load_mj",
};

const FIGURES: Columns<RunFigures> = {
  cadenceMs: "cadence_ms",
  edpJs: "edp_js",
  tokenP50Ms: "token_p50_ms",
  tokenP95Ms: "token_p95_ms",
  tokenP99Ms: "token_p99_ms",
};

const POWER = [
  "power_source",
  "power_kind",
  "power_label",
  "rails",
  "total_rails",
  "interval_ms",
  "bound_ms",
  "observer_mw",
];

const RUN = ["id", "run_id", "status", "reason", "started_at_ms", "ended_at_ms"];
const CONTENT = ["experiment", "tags", "options", "prompt", "response", "findings", "verdict"];
const MEASURED = ["repetitions", "measured_duration_ms", "measured_energy_mj"];

/** All that a listing needs. */
export const LISTING_COLUMNS: string = [
  ...[RUN, CONTENT, MEASURED, POWER, DETAIL_COLUMNS, ["peak_mw_by_rail", "more"]],
  ...[MODEL, HOST, TOTALS, FIGURES].map((columns) => Object.values(columns)),
].flat().join(", ");

/** Columns by which runs can be sorted, by the name of their figure. */
export const METRIC_COLUMNS: Readonly<Record<string, string>> = {
  startedAtMs: "started_at_ms",
  parameters: "model_parameters",
  measuredDurationMs: "measured_duration_ms",
  measuredEnergyMj: "measured_energy_mj",
  kvCacheBytes: "kv_cache_bytes",
  peakMemoryBytes: "peak_memory_bytes",
  ...TOTALS,
  ...FIGURES,
};

/** What `getRuns` can sort by. */
export const RUN_METRICS: readonly string[] = Object.keys(METRIC_COLUMNS);

/** What stands in the row from the first moment. */
export function headerColumns(header: RunHeader, host: RunHost): RunRow {
  return {
    started_at_ms: header.startedAtMs,
    experiment: header.experiment ?? null,
    tags: JSON.stringify(header.tags ?? []),
    options: JSON.stringify(header.options),
    prompt: header.prompt,
    ...toColumns(MODEL, header.model),
    ...toColumns(HOST, host),
    ...powerColumns(header.power),
    ...detailColumns(header.details ?? {}),
  };
}

/** What a run knows when it has ended; times and energies of single tokens are rows of their own. */
export function resultColumns(run: ProfilingRun, figures: RunFigures): RunRow {
  return {
    prompt: run.prompt,
    response: run.response,
    ...toColumns(MODEL, run.model),
    ...powerColumns(run.power),
    findings: JSON.stringify(run.findings),
    verdict: run.verdict,
    repetitions: run.measured.repetitions,
    measured_duration_ms: run.measured.durationMs,
    measured_energy_mj: run.measured.energyMj,
    ...toColumns(TOTALS, run.totals),
    ...toColumns(FIGURES, figures),
    peak_mw_by_rail: JSON.stringify(figures.peakMwByRail),
    more: JSON.stringify({
      model: without(run.model, MODEL),
      totals: without(run.totals, TOTALS),
      measured: without(run.measured, { repetitions: "", durationMs: "", energyMj: "" }),
    }),
  };
}

/** The listing that a row holds. */
export function listingOf(row: RunRow): RunListing {
  const hasResult = row.repetitions !== null;
  const more = JSON.parse(row.more as string) as Record<string, object | undefined>;
  return {
    runId: row.run_id as string,
    status: row.status as RunListing["status"],
    reason: row.reason as string | null,
    startedAtMs: row.started_at_ms as number,
    endedAtMs: row.ended_at_ms as number | null,
    experiment: row.experiment as string | null,
    tags: JSON.parse(row.tags as string),
    options: JSON.parse(row.options as string),
    host: fromColumns<RunHost>(HOST, row),
    details: detailsOf(row),
    model: fromColumns<ModelSummary>(MODEL, row, more.model),
    prompt: row.prompt as string,
    response: (row.response ?? "") as string,
    power: powerOf(row),
    findings: JSON.parse(row.findings as string),
    verdict: (row.verdict ?? "") as string,
    measured: hasResult
      ? {
        repetitions: row.repetitions as number,
        durationMs: row.measured_duration_ms as number,
        energyMj: row.measured_energy_mj as number | null,
        ...more.measured,
      }
      : null,
    totals: hasResult ? totalsOf(row, more.totals) : null,
    figures: hasResult
      ? {
        ...fromColumns<Omit<RunFigures, "peakMwByRail">>(FIGURES, row),
        peakMwByRail: JSON.parse((row.peak_mw_by_rail ?? "{}") as string),
      }
      : null,
  };
}

/** Earlier versions knew no batches, and kept no number of decoded tokens. */
function totalsOf(row: RunRow, more: object | undefined): RunTotals {
  const decodedTokens = Math.max(0, (row.generated_tokens as number) - 1);
  return fromColumns<RunTotals>(TOTALS, row, { decodedTokens, ...more });
}

/** What a result holds beside what has columns and rows of its own, as JSON. */
export function meanRepetitionJson(run: ProfilingRun): string {
  const { runId: _1, status: _2, model: _3, prompt: _4, response: _5, power: _6, ...rest } = run;
  const { findings: _7, verdict: _8, measured: _9, totals: _10, trace: _11, ...parts } = rest;
  // The columns of tokens are rows of their own.
  const inside = parts.inside && { ...parts.inside, cells: null, deep: null };
  return JSON.stringify({ ...parts, inside });
}

function powerColumns(power: RunPower): RunRow {
  return {
    power_source: power.source,
    power_kind: power.kind,
    power_label: power.label,
    rails: JSON.stringify(power.rails),
    total_rails: JSON.stringify(power.totalRails),
    interval_ms: power.intervalMs,
    bound_ms: power.boundMs,
    observer_mw: power.observerMw,
  };
}

function powerOf(row: RunRow): RunPower {
  return {
    source: row.power_source as string,
    kind: row.power_kind as RunPower["kind"],
    label: row.power_label as string,
    rails: JSON.parse(row.rails as string),
    totalRails: JSON.parse(row.total_rails as string),
    intervalMs: row.interval_ms as number,
    boundMs: row.bound_ms as number | null,
    observerMw: row.observer_mw as number | null,
  };
}

function toColumns<T extends object>(columns: Columns<T>, of: T): RunRow {
  return Object.fromEntries(
    Object.entries<string>(columns as Record<string, string>)
      .map(([key, column]) => [column, of[key as keyof T] as SqliteValue]),
  );
}

function fromColumns<T extends object>(columns: Columns<T>, row: RunRow, more: object = {}): T {
  const entries = Object.entries<string>(columns as Record<string, string>)
    .map(([key, column]) => [key, row[column] ?? null]);
  return { ...Object.fromEntries(entries), ...more } as T;
}

function without(of: object, columns: object): object {
  return Object.fromEntries(Object.entries(of).filter(([key]) => !(key in columns)));
}
