import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { type ProfileDatabase, runDocument, type TableName, TABLES } from "../mod.ts";
import { tableCsv } from "./csv.ts";
import { tableParquet } from "./parquet.ts";
import { perfettoTrace } from "./perfetto.ts";

/** What `exportRun` writes. */
export type ExportFormat = "json" | "csv" | "perfetto" | "parquet";

/** All formats, as `--format` takes them. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ["json", "csv", "perfetto", "parquet"];

/**
 * Writes a run to a file (`json`, `perfetto`), or to a folder with one file a table (`csv`,
 * `parquet`; tables without rows included), and returns the paths of what it wrote.
 *
 * @throws {InputError} if there is no such run, or the path cannot be written
 */
export async function exportRun(
  database: ProfileDatabase,
  run: string,
  format: ExportFormat,
  path: string,
): Promise<string[]> {
  const document = () => runDocument(database, run);
  switch (format) {
    case "json":
      return [write(path, `${JSON.stringify(document(), null, 1)}\n`)];
    case "perfetto":
      return [write(path, JSON.stringify(perfettoTrace(document())))];
    case "csv":
    case "parquet": {
      const { runId } = document().run;
      makeFolder(path);
      const paths: string[] = [];
      for (const table of Object.keys(TABLES) as TableName[]) {
        const rows = database.getTable(runId, table);
        const content = format === "csv" ? tableCsv(table, rows) : await tableParquet(table, rows);
        paths.push(write(join(path, `${table}.${format}`), content));
      }
      return paths;
    }
  }
}

function write(path: string, content: string | Uint8Array): string {
  return attempt(path, () => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(path, bytes);
    return path;
  });
}

function makeFolder(path: string): void {
  attempt(path, () => Deno.mkdirSync(path, { recursive: true }));
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InputError(`Cannot write "${path}": ${(error as Error).message.split("\n")[0]}`, {
      remedy: "choose a path that can be written",
      cause: error,
    });
  }
}
