import type { SqliteValue } from "./connection.ts";
import type { Sql } from "./sql.ts";

/**
 * Rows in one statement. Each call into SQLite costs about as much as inserting a row: 20 rows a
 * call went in twice as fast as one by one, 50 hardly faster (docs/store.md).
 */
const ROWS = 20;

/** Inserts rows of one shape, many in a statement. To be used inside a transaction. */
export class BulkInsert {
  readonly #sql: Sql;
  readonly #one: string;
  readonly #many: string;
  readonly #columns: number;
  readonly #pending: SqliteValue[];
  #filled = 0;

  /** `conflict` is what stands behind the values: `ON CONFLICT … DO …`, or nothing. */
  constructor(sql: Sql, table: string, columns: readonly string[], conflict = "") {
    const row = `(${columns.map(() => "?").join(", ")})`;
    const head = `INSERT INTO ${table} (${columns.join(", ")}) VALUES `;
    this.#sql = sql;
    this.#columns = columns.length;
    this.#one = `${head}${row} ${conflict}`;
    this.#many = `${head}${Array(ROWS).fill(row).join(", ")} ${conflict}`;
    this.#pending = Array(ROWS * columns.length).fill(null);
  }

  /** Takes a row: one value for each column. */
  add(...values: SqliteValue[]): void {
    for (let i = 0; i < values.length; i++) this.#pending[this.#filled++] = values[i] ?? null;
    if (this.#filled < this.#pending.length) return;
    this.#sql.runWith(this.#many, this.#pending);
    this.#filled = 0;
  }

  /** Writes what is left. */
  finish(): void {
    for (let at = 0; at < this.#filled; at += this.#columns) {
      this.#sql.runWith(this.#one, this.#pending.slice(at, at + this.#columns));
    }
    this.#filled = 0;
  }
}

/** `ON CONFLICT` that keeps what is there where nothing new is given. */
export function keepingOld(key: readonly string[], columns: readonly string[]): string {
  const sets = columns.map((column) => `${column} = coalesce(excluded.${column}, ${column})`);
  return `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${sets.join(", ")}`;
}
