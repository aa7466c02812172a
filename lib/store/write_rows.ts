import {
  type PowerSample,
  RAILS,
  type RawPowerBatch,
  type StoredSection,
  type StoredToken,
} from "../record.ts";
import type { Sql } from "./connection.ts";
import { toFixed, toFixedOrNull } from "./fixed_point.ts";

/** The run that rows are written for: its internal key, and where its times count from. */
export interface RunOrigin {
  key: number;
  startedAtMs: number;
}

/** What stands beside the five phases in a run's timeline. */
const OUTER_PHASES = new Set(["model_load", "warm_up", "baseline"]);

/** Appends samples; with `replace`, the aligned ones take the place of those written live. */
export function writeSamples(
  sql: Sql,
  run: RunOrigin,
  samples: readonly PowerSample[],
  replace: boolean,
): void {
  if (replace) sql.run("DELETE FROM power_sample_rows WHERE run = ?", run.key);
  let index = nextIndex(sql, "power_sample_rows", "sample_index", run);
  for (const { startMs, endMs, energyMj } of samples) {
    sql.run(
      `INSERT INTO power_sample_rows (run, sample_index, start_ns, duration_ns,
        cpu_nj, gpu_nj, ane_nj, dram_nj, package_nj, system_nj)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      run.key,
      index++,
      ...extent(run, startMs, endMs),
      ...RAILS.map((rail) => toFixedOrNull(energyMj[rail])),
    );
  }
}

/** Appends raw records as they came. */
export function writeRawPower(sql: Sql, run: RunOrigin, batch: RawPowerBatch): void {
  sql.insert("raw_power", {
    run: run.key,
    batch_index: nextIndex(sql, "raw_power", "batch_index", run),
    format: batch.format,
    arrivals_ms: JSON.stringify(batch.arrivalsMs),
    gzip: batch.gzip,
  });
}

/** Appends sections. `isPhase`: they are the run's timeline; default: told by their names. */
export function writeSections(
  sql: Sql,
  run: RunOrigin,
  sections: readonly StoredSection[],
  isPhase?: boolean,
): void {
  let index = nextIndex(sql, "pipeline_section_rows", "section_index", run);
  for (const section of sections) {
    const { repetition, phase, name, startMs, endMs, energyMj } = section;
    sql.run(
      `INSERT INTO pipeline_section_rows (run, section_index, repetition, phase, name, is_phase,
        start_ns, duration_ns, energy_nj)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      run.key,
      index++,
      repetition,
      phase,
      nameKey(sql, name),
      Number(isPhase ?? (name === phase || OUTER_PHASES.has(name))),
      ...extent(run, startMs, endMs),
      toFixedOrNull(energyMj),
    );
  }
}

/** Writes tokens; one that is there already gets the new times, and keeps energies not given. */
export function writeTokens(sql: Sql, run: RunOrigin, tokens: readonly StoredToken[]): void {
  for (const token of tokens) {
    sql.run(
      `INSERT INTO token_rows (run, repetition, token_index, token_id, text, phase,
        start_ns, duration_ns, energy_nj, low_nj, high_nj, interval, method, resolved)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (run, repetition, token_index) DO UPDATE SET
        token_id = excluded.token_id, text = excluded.text, phase = excluded.phase,
        start_ns = excluded.start_ns, duration_ns = excluded.duration_ns,
        energy_nj = coalesce(excluded.energy_nj, energy_nj),
        low_nj = coalesce(excluded.low_nj, low_nj), high_nj = coalesce(excluded.high_nj, high_nj),
        interval = coalesce(excluded.interval, interval),
        method = coalesce(excluded.method, method),
        resolved = coalesce(excluded.resolved, resolved)`,
      run.key,
      token.repetition,
      token.index,
      token.id,
      token.text,
      token.phase,
      ...extent(run, token.startMs, token.endMs),
      toFixedOrNull(token.energyMj),
      toFixedOrNull(token.lowMj),
      toFixedOrNull(token.highMj),
      token.interval ?? null,
      token.method ?? null,
      token.resolved === undefined ? null : Number(token.resolved),
    );
  }
}

/** The key of a name in the dictionary. */
export function nameKey(sql: Sql, name: string): number {
  const find = () => sql.get<{ id: number }>("SELECT id FROM names WHERE name = ?", name)?.id;
  const known = find();
  if (known !== undefined) return known;
  sql.run("INSERT INTO names (name) VALUES (?)", name);
  return find()!;
}

function extent(run: RunOrigin, startMs: number, endMs: number): [number, number] {
  const startNs = toFixed(startMs - run.startedAtMs);
  return [startNs, toFixed(endMs - run.startedAtMs) - startNs];
}

function nextIndex(sql: Sql, table: string, column: string, run: RunOrigin): number {
  const next = `SELECT coalesce(max(${column}) + 1, 0) AS next FROM ${table} WHERE run = ?`;
  return sql.get<{ next: number }>(next, run.key)!.next;
}
