import { VERSION_1 } from "./schema.ts";
import { VERSION_2 } from "./schema_2.ts";
import { VERSION_3 } from "./schema_3.ts";
import type { Sql } from "./sql.ts";

/** "tkwt": by this a database is known to be ours, to us and to file(1). */
export const APPLICATION_ID = 0x746b7774;

/** Entry i leads from version i to i + 1. Entries are added, never edited. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3];

/** What a database says of itself. */
export interface SchemaIdentity {
  applicationId: number;
  version: number;
  tables: string[];
}

/** Reads the identity without changing anything, as of one moment: others may be migrating. */
export function readIdentity(sql: Sql): SchemaIdentity {
  sql.exec("BEGIN");
  try {
    const tables = sql.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    );
    return {
      applicationId: pragma(sql, "application_id"),
      version: pragma(sql, "user_version"),
      tables: tables.map(({ name }) => name),
    };
  } finally {
    sql.exec("ROLLBACK");
  }
}

/** Brings the database to the newest version, all steps in one transaction or none of them. */
export function migrate(sql: Sql, migrations: readonly string[] = MIGRATIONS): void {
  if (pragma(sql, "user_version") >= migrations.length) return;
  sql.transaction(() => {
    // Read again under the lock: another process may have migrated in between.
    const from = pragma(sql, "user_version");
    if (from >= migrations.length) return;
    for (const step of migrations.slice(from)) sql.exec(step);
    sql.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    sql.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function pragma(sql: Sql, name: "application_id" | "user_version"): number {
  return sql.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0;
}
