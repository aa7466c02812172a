import { DatabaseSync } from "node:sqlite";
import type { SqliteConnection, SqliteDriver } from "./connection.ts";

/** The driver that is used unless another is given: SQLite as Deno ships it. */
export const nodeSqlite: SqliteDriver = (path, { readOnly }): SqliteConnection => {
  const database = new DatabaseSync(path, { readOnly });
  return {
    exec: (sql) => database.exec(sql),
    // Deno's statements accept all of SqliteValue; only their declared row types differ.
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  };
};
