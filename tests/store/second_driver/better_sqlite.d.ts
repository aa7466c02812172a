import type { SqliteStatement } from "../../../lib/store/connection.ts";

export default class Database {
  constructor(path: string, options: { readonly: boolean });
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): void;
}
