import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The notebooks of the tour, in order. */
export async function notebookPaths(root: string): Promise<string[]> {
  const folder = join(root, "notebooks");
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".ipynb")).sort().map((name) => join(folder, name));
}
