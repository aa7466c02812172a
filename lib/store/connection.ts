/** What binds to a positional parameter. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** A prepared statement: all that the store asks of one. */
export interface SqliteStatement {
  /** Runs it for its effect. */
  run(...parameters: SqliteValue[]): unknown;
  /** The first row as an object, or nothing. */
  get(...parameters: SqliteValue[]): unknown;
  /** All rows as objects. */
  all(...parameters: SqliteValue[]): unknown[];
}

/** A connection: all that the store asks of a driver. */
export interface SqliteConnection {
  /** Runs one or several statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares one statement with positional parameters. */
  prepare(sql: string): SqliteStatement;
  /** Ends the connection. */
  close(): unknown;
}

/** Opens the file (or `":memory:"`) with some library; the store sets all pragmas itself. */
export type SqliteDriver = (path: string, options: { readOnly: boolean }) => SqliteConnection;
