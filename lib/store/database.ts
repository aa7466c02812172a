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
import { deleteRun } from "./delete_run.ts";
import { importDocument } from "./import_run.ts";
import { openDatabase } from "./location.ts";
import type { ProfileDatabaseOptions } from "./rows.ts";
import type { MergeOutcome, PruneOptions, PruneOutcome } from "./upkeep.ts";
import { pruneRuns } from "./prune.ts";
import { type DerivedRows, replaceDerived } from "./replace_result.ts";
import { type RunDocument, runDocument } from "./run_document.ts";
import { findRun, type FoundRun, newRunId } from "./run_id.ts";
import { forgetLock, RunLock } from "./run_lock.ts";
import { RunReader } from "./run_reader.ts";
import { writeExperts, writeOperations, writeStatistics } from "./write_deep.ts";
import { writeComponents, writeLayers } from "./write_metrics.ts";
import {
  type RunOrigin,
  writeRawPower,
  writeSamples,
  writeSections,
  writeTokens,
} from "./write_rows.ts";
import { writeHeader, writeOutcome } from "./write_run.ts";

/**
 * All runs that were ever profiled, in one SQLite file. Every writing call is one transaction, so
 * a killed process loses at most the call that it was in; several processes may write at once.
 *
 * Where a method takes a run, it takes its id, an unambiguous beginning of it, `"last"` or `"last~1"`.
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
export class ProfileDatabase extends RunReader implements RunSink, MetricSink, Disposable {
  /** Where it is, as it was given. */
  readonly path: string;
  readonly #sql: Sql;
  readonly #file: string | null;
  /** The runs that this connection writes, with the lock that says so; none is needed in memory. */
  readonly #writing = new Map<string, RunLock | null>();
  #closed = false;
  readonly #origins = new Map<string, FoundRun>();

  private constructor(path: string, sql: Sql, file: string | null) {
    super(sql, file);
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

  /** Deletes a run with all its rows; false where there is none. One that goes on is refused. */
  deleteRun(run: string): boolean {
    return deleteRun(this.#sql, this.#file, run, this.#abandoned());
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
   * Raw records, sections, activations and the rows that are not given stay. Takes a run's whole id.
   */
  replaceResult(runId: string, result: ProfilingRun, rows: Partial<DerivedRows> = {}): void {
    const { layers = [], components = [], operations = [] } = rows;
    const derived = { run: result, layers, components, operations };
    this.#append(runId, (run) => replaceDerived(this.#sql, run, derived));
    this.#origins.delete(runId);
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
    } catch (error) {
      // A disk without room for that: who opens it next finds no lock, and writes it down.
      if (!(error instanceof InputError)) throw error;
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

  #abandoned(): Set<string> {
    return abandonedRuns(this.#sql, this.#file);
  }
}
