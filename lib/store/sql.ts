import type { SqliteConnection, SqliteStatement, SqliteValue } from "./connection.ts";
import { storageError } from "./storage_error.ts";

/** node:sqlite would cut the text there: a token may well be byte 0 (tried; Deno 2.9.6). */
function withoutNul(values: SqliteValue[]): SqliteValue[] {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "string" && value.includes("\0")) {
      values[i] = value.replaceAll("\0", "\uFFFD");
    }
  }
  return values;
}

/** A connection with its prepared statements kept, and transactions. */
export class Sql {
  readonly #connection: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #attempt: string;

  /** `attempt` begins the message of an error of disk, lock or permission. */
  constructor(connection: SqliteConnection, attempt: string) {
    this.#connection = connection;
    this.#attempt = attempt;
  }

  /** Runs statements that take no parameters and return no rows. */
  exec(sql: string): void {
    this.#try(() => this.#connection.exec(sql));
  }

  /** Runs one statement that returns no rows. */
  run(sql: string, ...parameters: SqliteValue[]): void {
    this.runWith(sql, parameters);
  }

  /** The same with its parameters in an array, which is kept no longer than the call. */
  runWith(sql: string, parameters: SqliteValue[]): void {
    this.#try(() => this.#prepared(sql).run(...withoutNul(parameters)));
  }

  /** The first row. */
  get<Row>(sql: string, ...parameters: SqliteValue[]): Row | undefined {
    // One driver says undefined for "no row", others say null.
    return this.#try(() => this.#prepared(sql).get(...withoutNul(parameters)) ?? undefined) as
      | Row
      | undefined;
  }

  /** All rows. */
  all<Row>(sql: string, ...parameters: SqliteValue[]): Row[] {
    return this.#try(() => this.#prepared(sql).all(...withoutNul(parameters))) as Row[];
  }

  /** Inserts one row whose columns are the keys of `values`. */
  insert(table: string, values: Record<string, SqliteValue>): void {
    const columns = Object.keys(values);
    const holes = columns.map(() => "?").join(", ");
    this.run(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${holes})`,
      ...Object.values(values),
    );
  }

  /** All of `work` or nothing. The write lock is taken at once, so that it cannot fail half way. */
  transaction<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const value = work();
      this.exec("COMMIT");
      return value;
    } catch (error) {
      try {
        this.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself (disk full, I/O error): the first error is the one to tell.
      }
      throw error;
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepared(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#connection.prepare(sql));
    return statement;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storageError(this.#attempt, error);
    }
  }
}
