/**
 * DuckDB, as far as we use it. Its package is in `tasks/fleet/deno.json` alone, so that no other
 * task downloads it; the name is computed, as the root's configuration does not know it.
 *
 * @module
 */
const PACKAGE = "@duckdb/node-api";

/** Rows that were read. */
export interface Reader {
  readonly currentRowCount: number;
  deduplicatedColumnNames(): string[];
  columnTypes(): { toString(): string }[];
  /** 64-bit integers, dates and times as text. */
  getRowsJson(): unknown[][];
}

/** A statement. */
export interface Prepared {
  /** Of the enum StatementType. */
  readonly statementType: number;
  streamAndReadUntil(rows: number): Promise<Reader>;
  destroySync(): void;
}

/** A connection. */
export interface Connection {
  run(sql: string): Promise<unknown>;
  extractStatements(sql: string): Promise<{
    readonly count: number;
    prepare(index: number): Promise<Prepared>;
  }>;
  interrupt(): void;
  closeSync(): void;
}

/** What is worked with at most; DuckDB itself would take four fifths of the machine's memory. */
const MEMORY = "2GB";

/**
 * A database in memory that can read one folder and nothing else: no other file, no network, no
 * extension, and no setting can be changed any more. These are DuckDB's own bars: what a native
 * library does is not under Deno's permissions.
 */
export async function openDuckdb(folder: string): Promise<Connection & Disposable> {
  const { DuckDBInstance } = await import(PACKAGE) as {
    DuckDBInstance: { create(path: string): Promise<Instance> };
  };
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (
    const setting of [
      "autoinstall_known_extensions = false",
      "autoload_known_extensions = false",
      "allow_community_extensions = false",
      "temp_directory = ''",
      "parquet_metadata_cache = true",
      // It answers min(host) from a file's statistics, where DuckDB 1.5.5 looks for a partition's
      // column behind the last one: "INTERNAL Error: Attempted to access index …".
      "disabled_optimizers = 'statistics_propagation'",
      `memory_limit = '${MEMORY}'`,
      "TimeZone = 'UTC'",
      `allowed_directories = [${quoted(`${folder}/`)}]`,
      "enable_external_access = false",
      "lock_configuration = true",
    ]
  ) await connection.run(`SET ${setting}`);
  return Object.assign(connection, {
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  });
}

interface Instance {
  connect(): Promise<Connection>;
  closeSync(): void;
}

/** Text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
