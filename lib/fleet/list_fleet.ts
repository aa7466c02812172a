import { join } from "node:path";
import { InputError } from "../errors.ts";
import { type TableName, TABLES } from "../store/mod.ts";
import { type FleetPlace, placeOf } from "./layout.ts";
import { readFooter } from "./parquet_footer.ts";

/** A run of a fleet, as its folder names it. */
export interface FleetRun extends FleetPlace {
  /** The folder that holds its tables. */
  path: string;
}

/** Something in a fleet's folder that is not read. */
export interface FleetProblem {
  /** Which file or folder. */
  path: string;
  /** Why not. */
  reason: string;
}

/** The runs in a fleet's folder, oldest day first, and what else lies there. */
export interface Fleet {
  /** The folder. */
  folder: string;
  /** Its runs. */
  runs: FleetRun[];
  /** What is no run, for whoever wants to know. */
  problems: FleetProblem[];
}

/**
 * Lists the runs of a fleet by their folders; no file is opened.
 *
 * @throws {InputError} if there is no such folder
 */
export function listFleet(folder: string): Fleet {
  const runs: FleetRun[] = [];
  const problems: FleetProblem[] = [];
  const walk = (parts: string[]) => {
    const path = join(folder, ...parts);
    for (const { name, isFile } of entriesOf(path, folder)) {
      // Drafts of runs that are being added, and what desktops leave.
      if (name.startsWith(".")) continue;
      const found = [...parts, name];
      const here = join(path, name);
      if (isFile || !name.startsWith(`${LEVELS[parts.length]}=`)) {
        problems.push({ path: here, reason: "it is not part of a fleet" });
      } else if (found.length < LEVELS.length) walk(found);
      else {
        const place = placeOf(found.join("/"));
        if (place) runs.push({ ...place, path: here });
        else problems.push({ path: here, reason: "its name is not that of a run" });
      }
    }
  };
  walk([]);
  runs.sort((a, b) => compare(a.date, b.date) || compare(a.runId, b.runId));
  return { folder, runs, problems };
}

const LEVELS = ["host", "date", "run"];

/** The files of one table. */
export interface FleetFiles {
  /** Those that can be read. */
  files: string[];
  /** Of them, those with the same columns together: one group a version of Tokenwatt. */
  alike: string[][];
  /** Files that do not say which columns they have; they are not among `alike`. */
  unlike: string[];
  /** Why the others cannot be read. */
  problems: FleetProblem[];
}

/** The files of one table that can be read, and why the others cannot. */
export function fleetFiles({ runs }: Fleet, table: TableName): FleetFiles {
  const found = runs.map(({ path: folder }) => {
    const path = join(folder, `${table}.parquet`);
    return { path, ...readFooter(path, table) };
  });
  const good = found.filter(({ problem }) => problem === null);
  const groups = Map.groupBy(good, ({ columns }) => columns);
  const paths = (of: typeof found = []) => of.map(({ path }) => path);
  return {
    files: paths(good),
    alike: [...groups].filter(([columns]) => columns !== null).map(([, of]) => paths(of)),
    unlike: paths(groups.get(null)),
    problems: found.flatMap(({ path, problem: reason }) =>
      reason === null ? [] : [{ path, reason }]
    ),
  };
}

/** What is in a run's folder and is none of its tables. */
export function strangeFiles({ runs }: Fleet): FleetProblem[] {
  const known = new Set(Object.keys(TABLES).map((table) => `${table}.parquet`));
  return runs.flatMap(({ path }) =>
    [...Deno.readDirSync(path)]
      .filter(({ name }) => !known.has(name) && !name.startsWith("."))
      .map(({ name }) => ({ path: join(path, name), reason: "it is not a table of a run" }))
  );
}

function entriesOf(path: string, folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch (error) {
    throw new InputError(
      `Cannot read the fleet at "${folder}": ${(error as Error).message.split("\n")[0]}`,
      { remedy: "pass a folder that deno task fleet DIR --add RUN wrote", cause: error },
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
