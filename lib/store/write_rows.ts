import {
  type PowerSample,
  RAILS,
  type RawPowerBatch,
  type StoredSection,
  type StoredToken,
} from "../record.ts";
import { BulkInsert, keepingOld } from "./bulk.ts";
import { toFixed, toFixedOrNull } from "./fixed_point.ts";
import type { Sql } from "./sql.ts";

/** The run that rows are written for: its internal key, and where its times count from. */
export interface RunOrigin {
  key: number;
  startedAtMs: number;
}

/** What stands beside the five phases in a run's timeline. */
const OUTER_PHASES = new Set(["model_load", "warm_up", "baseline"]);

const SAMPLE = [
  "run",
  "sample_index",
  "start_ns",
  "duration_ns",
  ...RAILS.map((rail) => `${rail}_nj`),
];
const SECTION = [
  "run",
  "section_index",
  "repetition",
  "phase",
  "name",
  "is_phase",
  "start_ns",
  "duration_ns",
  "energy_nj",
];
const TOKEN_KEY = ["run", "repetition", "token_index"];
const TOKEN_EVENT = ["token_id", "text", "phase", "start_ns", "duration_ns"];
const TOKEN_ENERGY = ["energy_nj", "low_nj", "high_nj", "interval", "method", "resolved"];

/** Appends samples; with `replace`, the aligned ones take the place of those written live. */
export function writeSamples(
  sql: Sql,
  run: RunOrigin,
  samples: readonly PowerSample[],
  replace: boolean,
): void {
  if (replace) sql.run("DELETE FROM power_sample_rows WHERE run = ?", run.key);
  let index = nextIndex(sql, "power_sample_rows", "sample_index", run);
  const rows = new BulkInsert(sql, "power_sample_rows", SAMPLE);
  for (const { startMs, endMs, energyMj } of samples) {
    rows.add(
      run.key,
      index++,
      ...extent(run, startMs, endMs),
      ...RAILS.map((rail) => toFixedOrNull(energyMj[rail])),
    );
  }
  rows.finish();
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
  const rows = new BulkInsert(sql, "pipeline_section_rows", SECTION);
  const key = nameKeys(sql);
  for (const { repetition, phase, name, startMs, endMs, energyMj } of sections) {
    rows.add(
      run.key,
      index++,
      repetition,
      phase,
      key(name),
      Number(isPhase ?? (name === phase || OUTER_PHASES.has(name))),
      ...extent(run, startMs, endMs),
      toFixedOrNull(energyMj),
    );
  }
  rows.finish();
}

/** Writes tokens; one that is there already gets the new times, and keeps energies not given. */
export function writeTokens(sql: Sql, run: RunOrigin, tokens: readonly StoredToken[]): void {
  const newer = TOKEN_EVENT.map((column) => `${column} = excluded.${column}`).join(", ");
  const conflict = `${keepingOld(TOKEN_KEY, TOKEN_ENERGY)}, ${newer}`;
  const columns = [...TOKEN_KEY, ...TOKEN_EVENT, ...TOKEN_ENERGY];
  const rows = new BulkInsert(sql, "token_rows", columns, conflict);
  for (const token of tokens) {
    rows.add(
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
  rows.finish();
}

/** Keys of names in the dictionary, each looked up once. */
export function nameKeys(sql: Sql): (name: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    let key = known.get(name);
    if (key === undefined) known.set(name, key = nameKey(sql, name));
    return key;
  };
}

function nameKey(sql: Sql, name: string): number {
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
