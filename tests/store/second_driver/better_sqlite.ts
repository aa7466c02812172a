/**
 * Stands in the place of lib/store/node_sqlite.ts when the store's tests run a second time: under
 * the same name another library, so that not one line of the suite differs.
 *
 * @module
 */
// @ts-types="./better_sqlite.d.ts"
import Database from "better-sqlite3";
import type { SqliteConnection, SqliteDriver } from "../../../lib/store/connection.ts";

export const nodeSqlite: SqliteDriver = (path, { readOnly }): SqliteConnection => {
  const database = new Database(path, { readonly: readOnly });
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  };
};
