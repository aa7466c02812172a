import { createHash } from "node:crypto";
import { type ColumnKind, type TableName, type TableRow, TABLES } from "../mod.ts";

const TYPES = {
  text: "STRING",
  json: "JSON",
  integer: "INT64",
  real: "DOUBLE",
  boolean: "BOOLEAN",
} as const satisfies Record<ColumnKind, string>;

/** The key in a file's own metadata whose value names the table that it holds. */
export const TABLE_KEY = "tokenwatt.table";
/** The key whose value, 16 hexadecimal digits, is one for all files with the same columns. */
export const COLUMNS_KEY = "tokenwatt.columns";

/** A table as a Parquet file; every column may be null. */
export async function tableParquet(
  table: TableName,
  rows: readonly TableRow[],
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = Object.entries(TABLES[table]).map(([name, kind]) => ({
    name,
    type: TYPES[kind],
    nullable: true,
    data: rows.map((row) => valueOf(row[name] ?? null, kind)),
  }));
  const kvMetadata = [
    { key: TABLE_KEY, value: table },
    { key: COLUMNS_KEY, value: hashOf(columnData.map(({ name, type }) => [name, type])) },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}

function hashOf(columns: readonly (readonly string[])[]): string {
  return createHash("sha256").update(JSON.stringify(columns)).digest("hex").slice(0, 16);
}

function valueOf(value: string | number | null, kind: ColumnKind): unknown {
  if (value === null) return null;
  switch (kind) {
    case "integer":
      return BigInt(value);
    case "boolean":
      return value !== 0;
    case "json":
      return JSON.parse(value as string);
    default:
      return value;
  }
}
