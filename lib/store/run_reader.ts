import type {
  ComponentMetric,
  DeepOperationMetric,
  DeepStatistic,
  LayerMetric,
  MoeExpertActivation,
  RawPowerBatch,
  StoredSection,
} from "../record.ts";
import { readEvidence } from "./evidence.ts";
import { countRuns, listRuns, searchRuns } from "./list_runs.ts";
import { abandonedRuns } from "./liveness.ts";
import { readExperts, readOperations, readStatistics } from "./read_deep.ts";
import { readComponents, readLayers } from "./read_metrics.ts";
import { readRawPower, readSections, readTimeline, readTokens } from "./read_rows.ts";
import { readRun, readRunSummary } from "./read_run.ts";
import type {
  PowerTimelinePoint,
  RunFilter,
  RunListing,
  RunSummary,
  StoredRun,
  TokenRow,
} from "./rows.ts";
import type { DatabaseStats } from "./upkeep.ts";
import { findRun, type FoundRun } from "./run_id.ts";
import type { Sql } from "./sql.ts";
import { readStats } from "./stats.ts";
import { readTable, type TableName, type TableRow } from "./tables.ts";
import { thinOut } from "./thin_out.ts";

/**
 * All that can be asked of a database of runs; `ProfileDatabase` is one.
 *
 * Where a method takes a run, it takes its id, an unambiguous beginning of it, `"last"` or `"last~1"`.
 */
export abstract class RunReader {
  readonly #sql: Sql;
  readonly #file: string | null;

  /** @internal Databases are opened by `ProfileDatabase.open`. */
  protected constructor(sql: Sql, file: string | null) {
    this.#sql = sql;
    this.#file = file;
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

  /** What a result was made of beside the rows, as gzipped JSON; `null` where none was kept. */
  getEvidence(run: string): Uint8Array | null {
    return this.#read(run, ({ key }) => readEvidence(this.#sql, key), null);
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

  /** What the database holds. */
  stats(): DatabaseStats {
    return readStats(this.#sql, this.#abandoned());
  }

  #read<T>(reference: string, work: (run: FoundRun) => T, none: T): T {
    const found = findRun(this.#sql, reference);
    return found ? work(found) : none;
  }

  #abandoned(): Set<string> {
    return abandonedRuns(this.#sql, this.#file);
  }
}
