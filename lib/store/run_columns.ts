import type { ModelSummary, ProfilingRun, RunHeader, RunPower, RunTotals } from "../record.ts";
import type { SqliteValue } from "./connection.ts";
import type { RunHost } from "./host.ts";
import type { RunListing } from "./rows.ts";

/** A row of `profiling_runs`. */
export type RunRow = Record<string, SqliteValue>;

const MODEL: Record<keyof ModelSummary, string> = {
  name: "model_name",
  path: "model_path",
  family: "model_family",
  numLayers: "model_num_layers",
  parameters: "model_parameters",
  precision: "model_precision",
  contextLength: "model_context_length",
};

const HOST: Record<keyof RunHost, string> = {
  hostname: "hostname",
  os: "os",
  osRelease: "os_release",
  arch: "arch",
  chip: "chip",
  memoryBytes: "memory_bytes",
  pid: "pid",
  processStartedAtMs: "process_started_at_ms",
};

const TOTALS: Record<keyof RunTotals, string> = {
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

/** All that a listing needs: without `mean_repetition`, which may be 100 KB. */
export const LISTING_COLUMNS: string = [RUN, CONTENT, MEASURED, POWER, MODEL, HOST, TOTALS]
  .flatMap((columns) => Object.values(columns)).join(", ");

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
  };
}

/** What a run knows when it has ended; times and energies of single tokens are rows of their own. */
export function resultColumns(run: ProfilingRun): RunRow {
  const { phases, sections, tokens, groups } = run;
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
    mean_repetition: JSON.stringify({ phases, sections, tokens, groups }),
  };
}

/** The listing that a row holds. */
export function listingOf(row: RunRow): RunListing {
  const hasResult = row.repetitions !== null;
  return {
    runId: row.run_id as string,
    status: row.status as RunListing["status"],
    reason: row.reason as string | null,
    startedAtMs: row.started_at_ms as number,
    endedAtMs: row.ended_at_ms as number | null,
    experiment: row.experiment as string | null,
    tags: JSON.parse(row.tags as string),
    options: JSON.parse(row.options as string),
    host: fromColumns(HOST, row) as unknown as RunHost,
    model: fromColumns(MODEL, row) as unknown as ModelSummary,
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
      }
      : null,
    totals: hasResult ? fromColumns(TOTALS, row) as unknown as RunTotals : null,
  };
}

/** The parts of the mean repetition; `null` where the run has no result. */
export function meanRepetitionOf(
  row: RunRow,
): Pick<ProfilingRun, "phases" | "sections" | "tokens" | "groups"> | null {
  const json = row.mean_repetition as string | null;
  return json === null ? null : JSON.parse(json);
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

function toColumns<T extends object>(columns: Record<keyof T & string, string>, of: T): RunRow {
  return Object.fromEntries(
    Object.entries<string>(columns).map(([key, column]) => [column, of[key as keyof T] as number]),
  );
}

function fromColumns(columns: Record<string, string>, row: RunRow): Record<string, SqliteValue> {
  return Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, row[column] ?? null]),
  );
}
