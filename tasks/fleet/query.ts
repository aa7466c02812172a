import { InputError } from "../../lib/errors.ts";
import type { Fleet, FleetProblem } from "../../lib/fleet/mod.ts";
import { type Connection, quoted, type Reader } from "./duckdb.ts";
import { VIEWS, type Views, viewsFor } from "./views.ts";

/** What a query gave. */
export interface Answer {
  columns: string[];
  /** Plain values; dates and times as text. */
  rows: unknown[][];
  /** Whether there were more rows than were asked for. */
  hasMore: boolean;
  /** Files that were not read, and why. */
  problems: FleetProblem[];
}

/**
 * SELECT, and what DuckDB rewrites to it, in its enum StatementType (duckdb.h). COPY could write
 * into the fleet, which is the one folder that is open, and so could EXPLAIN ANALYZE of it.
 */
const SELECT = 1;
/** Whole numbers that come as text, since JavaScript's numbers may not hold them. */
const WHOLE = /^(U?BIGINT|U?HUGEINT)$/;
/** What DuckDB says of a query, rather than of what it read. */
const ABOUT_THE_QUERY =
  /^(Parser|Binder|Catalog|Permission|Conversion|INTERRUPT|Out of Memory) Error|Failed to extract/;

/**
 * Asks a fleet. Files that turn out to be broken while they are read are named, and the query is
 * answered without them.
 *
 * @throws {InputError} if DuckDB refuses the query, or it is not one that only reads
 */
export async function ask(
  connection: Connection,
  fleet: Fleet,
  sql: string,
  limit: number,
): Promise<Answer> {
  await refuseUnlessOne(connection, sql);
  const views = viewsFor(fleet, sql);
  try {
    return await answer(connection, views, sql, limit);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (ABOUT_THE_QUERY.test((error as Error).message)) throw refusal(error);
    const broken = await brokenFiles(connection, views.files);
    if (broken.length === 0) throw refusal(error);
    const rest = viewsFor(fleet, sql, new Set(broken.map(({ path }) => path)));
    const problems = [...rest.problems, ...broken];
    return { ...await answer(connection, rest, sql, limit), problems };
  }
}

async function refuseUnlessOne(connection: Connection, sql: string): Promise<void> {
  if (sql.trim() === "") throw onlySelect("it is empty");
  try {
    const { count } = await connection.extractStatements(sql);
    if (count !== 1) throw onlySelect(`it has ${count} statements`);
  } catch (error) {
    throw error instanceof InputError ? error : refusal(error);
  }
}

async function answer(
  connection: Connection,
  { statements, problems }: Views,
  sql: string,
  limit: number,
): Promise<Answer> {
  for (const statement of statements) await connection.run(statement);
  const prepared = await (await connection.extractStatements(sql)).prepare(0);
  try {
    if (prepared.statementType !== SELECT) throw onlySelect("it does something else");
    // Once prepared it is run: asked again, DuckDB would read every file's footer again.
    return { ...rowsOf(await prepared.streamAndReadUntil(limit + 1), limit), problems };
  } finally {
    prepared.destroySync();
  }
}

function rowsOf(reader: Reader, limit: number): Omit<Answer, "problems"> {
  const areWhole = reader.columnTypes().map((type) => WHOLE.test(`${type}`));
  const rows = reader.getRowsJson().slice(0, limit).map((row) =>
    row.map((value, at) => areWhole[at] ? wholeNumber(value) : value)
  );
  return {
    columns: reader.deduplicatedColumnNames(),
    rows,
    hasMore: reader.currentRowCount > limit,
  };
}

/** Reads each file alone, to the last byte. */
async function brokenFiles(
  connection: Connection,
  files: readonly string[],
): Promise<FleetProblem[]> {
  const broken: FleetProblem[] = [];
  for (const path of files) {
    try {
      await connection.run(`SELECT bit_xor(hash(rows)) FROM read_parquet([${quoted(path)}]) rows`);
    } catch (error) {
      broken.push({ path, reason: firstLine(error) });
    }
  }
  return broken;
}

function wholeNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function onlySelect(found: string): InputError {
  return new InputError(`Cannot ask the fleet by this SQL: ${found}`, {
    remedy: "pass one SELECT",
  });
}

function refusal(error: unknown): InputError {
  return new InputError(`DuckDB refused the SQL: ${firstLine(error)}`, {
    remedy: `there are the views ${Object.keys(VIEWS).join(", ")}`,
    cause: error,
  });
}

function firstLine(error: unknown): string {
  return (error as Error).message.replace(/^Failed to extract statements: /, "").split("\n")[0]!;
}
