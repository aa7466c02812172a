/**
 * Folders under `.cache/bench` that take a while to fill: models, databases, a fleet.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Its time is that of the filling; the folder's own changes when a database in it is opened.
const MARK = "made";
const CACHE = fileURLToPath(new URL("../../.cache/bench", import.meta.url));

/**
 * A folder that is filled where it is not there, or where a file or folder of `sources` is newer: as
 * make has it. It appears last and whole, so what a killed process left is not taken for it.
 */
export async function madeOnce(
  name: string,
  sources: readonly URL[],
  fill: (folder: string) => Promise<void> | void,
): Promise<string> {
  const folder = join(CACHE, name);
  if (isUpToDate(folder, sources)) return folder;
  const incoming = `${folder}.incoming`;
  for (const path of [incoming, folder]) {
    Deno.mkdirSync(path, { recursive: true });
    Deno.removeSync(path, { recursive: true });
  }
  Deno.mkdirSync(incoming);
  await fill(incoming);
  Deno.writeTextFileSync(join(incoming, MARK), "");
  Deno.renameSync(incoming, folder);
  return folder;
}

/** Whether such a folder is there, so that nothing has to be filled. */
export function isMade(name: string, sources: readonly URL[]): boolean {
  return isUpToDate(join(CACHE, name), sources);
}

function isUpToDate(folder: string, sources: readonly URL[]): boolean {
  const madeMs = modifiedMs(join(folder, MARK));
  return madeMs > 0 && sources.every((source) => newestMs(fileURLToPath(source)) <= madeMs);
}

function newestMs(path: string): number {
  const own = Deno.statSync(path).isDirectory ? [...Deno.readDirSync(path)] : [];
  return own.reduce(
    (newest, { name }) => Math.max(newest, newestMs(join(path, name))),
    own.length === 0 ? modifiedMs(path) : 0,
  );
}

function modifiedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0; // it is not there
  }
}
