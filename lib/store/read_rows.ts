import {
  type ActivationStatistics,
  type PowerSample,
  type Rail,
  type RawPowerBatch,
  type RunTrace,
  type StoredSection,
} from "../record.ts";
import type { Sql } from "./sql.ts";
import { fromFixed } from "./fixed_point.ts";
import type { PowerTimelinePoint, TokenRow } from "./rows.ts";
import type { RunOrigin } from "./write_rows.ts";

interface Extent {
  start_ns: number;
  duration_ns: number;
}

/** The samples of a run, with a key for each rail of its source. */
export function readSamples(sql: Sql, run: RunOrigin, rails: readonly Rail[]): PowerSample[] {
  type Row = Extent & Record<`${Rail}_nj`, number | null>;
  return sql.all<Row>(
    "SELECT * FROM power_sample_rows WHERE run = ? ORDER BY sample_index",
    run.key,
  ).map((row) => ({
    ...times(run, row),
    energyMj: Object.fromEntries(rails.map((rail) => [rail, fromFixed(row[`${rail}_nj`])])),
  }));
}

/** Samples with the powers that follow from them. */
export function readTimeline(
  sql: Sql,
  run: RunOrigin & { rails: readonly Rail[]; totalRails: readonly Rail[] },
): PowerTimelinePoint[] {
  const { rails, totalRails } = run;
  return readSamples(sql, run, rails).map((sample) => {
    const seconds = (sample.endMs - sample.startMs) / 1000;
    const power = (mj: number | null) => mj === null || seconds <= 0 ? null : mj / seconds;
    const powerMw: PowerTimelinePoint["powerMw"] = Object.fromEntries(
      rails.map((rail) => [rail, power(sample.energyMj[rail] ?? null)]),
    );
    const parts = totalRails.map((rail) => powerMw[rail] ?? null);
    const totalMw = parts.reduce<number | null>(
      (a, b) => a === null || b === null ? null : a + b,
      0,
    );
    return { ...sample, powerMw, totalMw: parts.length > 0 ? totalMw : null };
  });
}

/** Raw records as they came, in order. */
export function readRawPower(sql: Sql, run: RunOrigin): RawPowerBatch[] {
  type Row = { format: RawPowerBatch["format"]; arrivals_ms: string; gzip: Uint8Array };
  return sql.all<Row>(
    "SELECT format, arrivals_ms, gzip FROM raw_power WHERE run = ? ORDER BY batch_index",
    run.key,
  ).map(({ format, arrivals_ms, gzip }) => ({
    format,
    arrivalsMs: JSON.parse(arrivals_ms),
    gzip: new Uint8Array(gzip),
  }));
}

/** Sections; `isPhase` picks the run's timeline, or what is inside of it. */
export function readSections(
  sql: Sql,
  run: RunOrigin,
  isPhase: boolean,
): Required<StoredSection>[] {
  type Row = Extent & Pick<StoredSection, "repetition" | "phase" | "name"> & {
    energy_nj: number | null;
  };
  return sql.all<Row>(
    `SELECT s.*, n.name FROM pipeline_section_rows s JOIN names n ON n.id = s.name
    WHERE s.run = ? AND s.is_phase = ? ORDER BY s.section_index`,
    run.key,
    Number(isPhase),
  ).map((row) => ({
    repetition: row.repetition,
    phase: row.phase,
    name: row.name,
    ...times(run, row),
    energyMj: fromFixed(row.energy_nj),
  }));
}

/** Tokens of every repetition, in order. */
export function readTokens(sql: Sql, run: RunOrigin): TokenRow[] {
  type Row = Extent & Pick<TokenRow, "repetition" | "text" | "phase" | "interval" | "method"> & {
    id: number;
    token_index: number;
    token_id: number;
    energy_nj: number | null;
    low_nj: number | null;
    high_nj: number | null;
    resolved: number | null;
  };
  return sql.all<Row>(
    "SELECT * FROM token_rows WHERE run = ? ORDER BY repetition, token_index",
    run.key,
  ).map((row) => ({
    rowId: row.id,
    repetition: row.repetition,
    index: row.token_index,
    id: row.token_id,
    text: row.text,
    phase: row.phase,
    ...times(run, row),
    durationMs: fromFixed(row.duration_ns),
    energyMj: fromFixed(row.energy_nj),
    lowMj: fromFixed(row.low_nj),
    highMj: fromFixed(row.high_nj),
    interval: row.interval,
    method: row.method,
    resolved: row.resolved === 1,
  }));
}

/** The trace, made from rows. */
export function readTrace(sql: Sql, run: RunOrigin, rails: readonly Rail[]): RunTrace {
  return {
    samples: readSamples(sql, run, rails),
    phases: readSections(sql, run, true).map(({ phase: _, ...phase }) => phase),
    tokens: readTokens(sql, run).map(({ rowId: _, durationMs: __, ...token }) => token),
  };
}

/** The columns that hold activation statistics. */
export interface ActivationColumns {
  activation_mean: number | null;
  activation_std: number | null;
  activation_max: number | null;
  activation_sparsity: number | null;
}

/** Statistics, or `null` where they were not taken. */
export function activationOf(row: ActivationColumns): ActivationStatistics | null {
  if (row.activation_mean === null) return null;
  return {
    meanAbs: row.activation_mean,
    std: row.activation_std ?? 0,
    maxAbs: row.activation_max ?? 0,
    sparsity: row.activation_sparsity ?? 0,
  };
}

function times(run: RunOrigin, { start_ns, duration_ns }: Extent): {
  startMs: number;
  endMs: number;
} {
  return {
    startMs: run.startedAtMs + fromFixed(start_ns),
    endMs: run.startedAtMs + fromFixed(start_ns + duration_ns),
  };
}
