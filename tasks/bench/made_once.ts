/**
 * Folders under `.cache/bench` that take a while to fill: models, databases, a fleet.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../.cache/bench", import.meta.url));
const MARK = "made-of";

/**
 * A folder that is filled where it is not there, or was made of other `sources` (files, or folders
 * with all in them). It appears last and whole, so what a killed process left is not taken for it.
 */
export async function madeOnce(
  name: string,
  sources: readonly URL[],
  fill: (folder: string) => Promise<void> | void,
): Promise<string> {
  const folder = join(CACHE, name);
  const hash = hashOf(sources);
  if (textOf(join(folder, MARK)) === hash) return folder;
  const incoming = `${folder}.incoming`;
  for (const path of [incoming, folder]) {
    Deno.mkdirSync(path, { recursive: true });
    Deno.removeSync(path, { recursive: true });
  }
  Deno.mkdirSync(incoming);
  await fill(incoming);
  Deno.writeTextFileSync(join(incoming, MARK), hash);
  Deno.renameSync(incoming, folder);
  return folder;
}

function hashOf(sources: readonly URL[]): string {
  const hash = createHash("sha256");
  for (const source of sources) add(hash, fileURLToPath(source));
  return hash.digest("hex");
}

function add(hash: Hash, path: string): void {
  if (!Deno.statSync(path).isDirectory) return void hash.update(Deno.readFileSync(path));
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  for (const name of names) {
    hash.update(`${name}\0`);
    add(hash, join(path, name));
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null; // it is not there
  }
}
