import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";
import type {
  ComponentMetric,
  DeepOperationMetric,
  DeepStatistic,
  LayerMetric,
  MetricSink,
  MoeExpertActivation,
  PowerSample,
  ProfilingRun,
  RawPowerBatch,
  RunHeader,
  RunOutcome,
  RunSink,
  StoredSection,
  StoredToken,
} from "../record.ts";
import type { Sql } from "./sql.ts";
import { abandonedRuns, interrupt, settleAbandonedRuns } from "./liveness.ts";
import { countRuns, listRuns, searchRuns } from "./list_runs.ts";
import { writeSummary } from "./layer_summary.ts";
import { importDocument } from "./import_run.ts";
import { openDatabase } from "./location.ts";
import { readExperts, readOperations, readStatistics } from "./read_deep.ts";
import { readComponents, readLayers } from "./read_metrics.ts";
import { readRawPower, readSections, readTimeline, readTokens } from "./read_rows.ts";
import { readRun, readRunSummary } from "./read_run.ts";
import type {
  DatabaseStats,
  MergeOutcome,
  PowerTimelinePoint,
  ProfileDatabaseOptions,
  PruneOptions,
  PruneOutcome,
  RunFilter,
  RunListing,
  RunSummary,
  StoredRun,
  TokenRow,
} from "./rows.ts";
import { pruneRuns } from "./prune.ts";
import { type RunDocument, runDocument } from "./run_document.ts";
import { findRun, type FoundRun, newRunId } from "./run_id.ts";
import { forgetLock, RunLock } from "./run_lock.ts";
import { readStats } from "./stats.ts";
import { readTable, type TableName, type TableRow } from "./tables.ts";
import { thinOut } from "./thin_out.ts";
import { writeExperts, writeOperations, writeStatistics } from "./write_deep.ts";
import { writeComponents, writeLayers } from "./write_metrics.ts";
import {
  type RunOrigin,
  writeRawPower,
  writeSamples,
  writeSections,
  writeTokens,
} from "./write_rows.ts";
import { writeHeader, writeOutcome, writeResult } from "./write_run.ts";

/**
 * All runs that were ever profiled, in one SQLite file. Every writing call is one transaction, so
 * a killed process loses at most the call that it was in; several processes may write at once.
 *
 * Where a method takes a run, it takes its id, an unambiguous beginning of it, or `"last"`.
 * Disk, lock and permission errors are thrown as `InputError`.
 *
 * @example
 * ```ts
 * import { ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * using database = ProfileDatabase.open(":memory:");
 * for (const run of database.getRuns({ status: "complete" })) {
 *   console.log(run.runId, run.totals?.joulesPerToken);
 * }
 * ```
 */
export class ProfileDatabase implements RunSink, MetricSink, Disposable {
  /** Where it is, as it was given. */
  readonly path: string;
  readonly #sql: Sql;
  readonly #file: string | null;
  /** The runs that this connection writes, with the lock that says so; none is needed in memory. */
  readonly #writing = new Map<string, RunLock | null>();
  #closed = false;
  readonly #origins = new Map<string, FoundRun>();

  private constructor(path: string, sql: Sql, file: string | null) {
    this.path = path;
    this.#sql = sql;
    this.#file = file;
  }

  /**
   * Opens a file, made with its folders if it is not there, or `":memory:"`. Throws an `InputError`
   * for what is not a Tokenwatt database, is a newer one, or cannot be written.
   */
  static open(path: string, options: ProfileDatabaseOptions = {}): ProfileDatabase {
    const { readOnly = false, upgrade, driver, busyTimeoutMs } = options;
    const { sql, file } = openDatabase(path, {
      readOnly,
      driver,
      busyTimeoutMs,
      ...(upgrade === undefined ? {} : { upgrade }),
    });
    if (!readOnly) settleAbandonedRuns(sql, file);
    return new ProfileDatabase(path, sql, file);
  }

  /** Writes a run's row with status `running` and returns its id. */
  createRun(header: RunHeader): string {
    const runId = newRunId(header.startedAtMs);
    // The lock comes first: a row without a lock would read as interrupted.
    const lock = this.#file === null ? null : new RunLock(this.#file, runId);
    try {
      this.#sql.transaction(() => writeHeader(this.#sql, runId, header));
    } catch (error) {
      lock?.release();
      throw error;
    }
    this.#writing.set(runId, lock);
    return runId;
  }

  /** Appends samples; `replace` puts the aligned ones in the place of those written live. */
  addPowerSamples(
    runId: string,
    samples: readonly PowerSample[],
    options: { replace?: boolean } = {},
  ): void {
    this.#append(runId, (run) => writeSamples(this.#sql, run, samples, options.replace ?? false));
  }

  /** Appends raw records as they came from the source. */
  addRawPower(runId: string, batch: RawPowerBatch): void {
    this.#append(runId, (run) => writeRawPower(this.#sql, run, batch));
  }

  /** Appends one section or several. */
  addPipelineSection(runId: string, section: StoredSection | readonly StoredSection[]): void {
    this.#append(runId, (run) => writeSections(this.#sql, run, [section].flat()));
  }

  /** Writes tokens; the same token again updates it, so that energies can follow later. */
  addTokens(runId: string, tokens: readonly StoredToken[]): void {
    this.#append(runId, (run) => writeTokens(this.#sql, run, tokens));
  }

  /** Writes layers of tokens that are there. */
  addLayerMetrics(runId: string, layers: readonly LayerMetric[]): void {
    this.#append(runId, (run) => writeLayers(this.#sql, run, layers));
  }

  /** Writes components of tokens that are there; times and activations may come one by one. */
  addComponentMetrics(runId: string, components: readonly ComponentMetric[]): void {
    this.#append(runId, (run) => writeComponents(this.#sql, run, components));
  }

  /** Writes single ONNX nodes of tokens that are there. */
  addDeepOperationMetrics(runId: string, operations: readonly DeepOperationMetric[]): void {
    this.#append(runId, (run) => writeOperations(this.#sql, run, operations));
  }

  /** Writes figures of the deep level, of tokens that are there; the same one again replaces it. */
  addDeepStatistics(runId: string, statistics: readonly DeepStatistic[]): void {
    this.#append(runId, (run) => writeStatistics(this.#sql, run, statistics));
  }

  /** Writes the experts that routers chose, for tokens that are there. */
  addMoeExpertActivations(runId: string, activations: readonly MoeExpertActivation[]): void {
    this.#append(runId, (run) => writeExperts(this.#sql, run, activations));
  }

  /** Ends a run: its result, where there is one, takes the place of what was written live. */
  finishRun(runId: string, outcome: RunOutcome): void {
    this.#append(runId, (run) => writeOutcome(this.#sql, run, outcome, nowMs()));
    this.#writing.get(runId)?.release();
    this.#writing.delete(runId);
    this.#origins.delete(runId);
  }

  /** A whole run; `null` where there is none. */
  getRun(run: string): StoredRun | null {
    return this.#read(run, ({ key }) => readRun(this.#sql, key, this.#abandoned()), null);
  }

  /** Runs without their rows, newest first or sorted by a figure, a page at a time. */
  getRuns(filter: RunFilter = {}): RunListing[] {
    return listRuns(this.#sql, filter, this.#abandoned());
  }

  /** How many runs match, on all pages. */
  countRuns(filter: Omit<RunFilter, "limit" | "offset" | "sort" | "ascending"> = {}): number {
    return countRuns(this.#sql, filter, this.#abandoned());
  }

  /** The figures of a run by phase, layer and component; `null` where there is no such run. */
  getRunSummary(run: string): RunSummary | null {
    return this.#read(run, ({ key }) => readRunSummary(this.#sql, key, this.#abandoned()), null);
  }

  /** Tokens of all repetitions; none for an unknown run. */
  getTokens(run: string): TokenRow[] {
    return this.#read(run, (origin) => readTokens(this.#sql, origin), []);
  }

  /** Layers of all tokens that were looked into; none for an unknown run. */
  getLayerMetrics(run: string): Required<LayerMetric>[] {
    return this.#read(run, ({ key }) => readLayers(this.#sql, key), []);
  }

  /** Components of all tokens that were looked into; none for an unknown run. */
  getComponentMetrics(run: string): Required<ComponentMetric>[] {
    return this.#read(run, ({ key }) => readComponents(this.#sql, key), []);
  }

  /** Single ONNX nodes of all tokens that were looked into; none for an unknown run. */
  getDeepOperationMetrics(run: string): Required<DeepOperationMetric>[] {
    return this.#read(run, ({ key }) => readOperations(this.#sql, key), []);
  }

  /** Figures of the deep level; none for an unknown run. */
  getDeepStatistics(run: string): Required<DeepStatistic>[] {
    return this.#read(run, ({ key }) => readStatistics(this.#sql, key), []);
  }

  /** Experts that routers chose; none for an unknown run. */
  getMoeExpertActivations(run: string): Required<MoeExpertActivation>[] {
    return this.#read(run, ({ key }) => readExperts(this.#sql, key), []);
  }

  /**
   * Power records with their mean powers in mW; none for an unknown run. With `maxPoints`, at most
   * so many (and at least four), among them the peaks.
   */
  getPowerTimeline(run: string, options: { maxPoints?: number } = {}): PowerTimelinePoint[] {
    const { maxPoints = Infinity } = options;
    return this.#read(run, (found) => thinOut(readTimeline(this.#sql, found), maxPoints), []);
  }

  /** Raw records of a run, gzipped as they were written; none for an unknown run. */
  getRawPower(run: string): RawPowerBatch[] {
    return this.#read(run, (origin) => readRawPower(this.#sql, origin), []);
  }

  /** One run's rows of a table, as plain SQL would read them; none for an unknown run. */
  getTable(run: string, table: TableName): TableRow[] {
    return this.#read(run, ({ runId }) => readTable(this.#sql, runId, table), []);
  }

  /** Sections inside of phases, of all repetitions; none for an unknown run. */
  getSections(run: string): Required<StoredSection>[] {
    return this.#read(run, (found) => readSections(this.#sql, found, false), []);
  }

  /** Runs whose prompt or response hold all words; `"a phrase"` and `prefix*` work, best first. */
  searchByPrompt(text: string, options: { limit?: number } = {}): RunListing[] {
    const { limit = 50 } = options;
    return searchRuns(this.#sql, text, limit, this.#abandoned());
  }

  /** Deletes a run with all its rows; false where there is none. One that goes on is refused. */
  deleteRun(run: string): boolean {
    const found = findRun(this.#sql, run);
    if (!found) return false;
    if (found.status === "running" && !this.#abandoned().has(found.runId)) {
      throw new InputError(`Cannot delete the run ${found.runId}: it is still running`, {
        remedy: "stop it first",
      });
    }
    this.#sql.transaction(() =>
      this.#sql.run("DELETE FROM profiling_runs WHERE id = ?", found.key)
    );
    if (this.#file !== null) forgetLock(this.#file, found.runId);
    return true;
  }

  /** Deletes the oldest runs until all limits hold; those that go on stay. */
  prune(options: PruneOptions): PruneOutcome {
    const outcome = pruneRuns(this.#sql, options, this.#abandoned(), nowMs());
    for (const { runId } of options.dryRun ? [] : outcome.runs) {
      if (this.#file !== null) forgetLock(this.#file, runId);
    }
    return outcome;
  }

  /**
   * Takes in a run from a document; false where a run of that id is here already. Throws an
   * `InputError` for what is no such document, and then nothing of it is kept.
   */
  importRun(document: RunDocument): boolean {
    return importDocument(this.#sql, document);
  }

  /** Takes in all runs of another database that are not here yet; those that go on are left out. */
  merge(other: ProfileDatabase): MergeOutcome {
    const outcome: MergeOutcome = { imported: [], duplicates: [], running: [] };
    for (const { runId, status } of other.getRuns({ limit: -1, ascending: true })) {
      if (status === "running") outcome.running.push(runId);
      else if (findRun(this.#sql, runId)?.runId === runId) outcome.duplicates.push(runId);
      else if (this.importRun(runDocument(other, runId))) outcome.imported.push(runId);
      else outcome.duplicates.push(runId);
    }
    return outcome;
  }

  /**
   * Puts a result that was derived again, and all that follows from it, in the place of the old.
   * Raw records, sections and what was measured inside of tokens stay. Takes a run's whole id.
   */
  replaceResult(runId: string, result: ProfilingRun): void {
    this.#append(runId, (run) => {
      writeResult(this.#sql, run, result);
      writeSummary(this.#sql, run.key);
    });
    this.#origins.delete(runId);
  }

  /** What the database holds. */
  stats(): DatabaseStats {
    return readStats(this.#sql, this.#abandoned());
  }

  /** Closes the file; again is harmless. A run that this connection has not finished is marked as interrupted. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      for (const runId of this.#writing.keys()) {
        const reason = "the database was closed before the run ended";
        this.#append(runId, ({ key }) => interrupt(this.#sql, key, reason));
      }
    } finally {
      this.#sql.close();
      for (const lock of this.#writing.values()) lock?.release();
      this.#writing.clear();
    }
  }

  /** The same as `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #append(runId: string, work: (run: RunOrigin) => void): void {
    this.#sql.transaction(() => {
      const run = this.#origins.get(runId) ?? findRun(this.#sql, runId);
      if (run?.runId !== runId) {
        throw new InputError(`Cannot write to the run "${runId}": there is no such run`, {
          remedy: "use the id that createRun returned",
        });
      }
      work(run);
      this.#origins.set(runId, run);
    });
  }

  #read<T>(reference: string, work: (run: FoundRun) => T, none: T): T {
    const found = findRun(this.#sql, reference);
    return found ? work(found) : none;
  }

  #abandoned(): Set<string> {
    return abandonedRuns(this.#sql, this.#file);
  }
}
