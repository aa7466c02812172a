import { join } from "node:path";

/** A Markdown file of the project, by its path from the root. */
export interface MarkdownFile {
  path: string;
  text: string;
}

/** README, CONTRIBUTING and all of docs/, but pages that are rendered from elsewhere. */
export async function markdownFiles(root: string): Promise<MarkdownFile[]> {
  const paths = ["README.md", "CONTRIBUTING.md", ...await inFolder(root, "docs")];
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Deno.readTextFile(join(root, path)) })),
  );
}

const RENDERED = ["docs/api", "docs/tour"];

async function inFolder(root: string, folder: string): Promise<string[]> {
  if (RENDERED.includes(folder)) return [];
  const entries = await Array.fromAsync(Deno.readDir(join(root, folder)));
  const inner = await Promise.all(
    entries.filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => inFolder(root, `${folder}/${name}`)),
  );
  const own = entries.filter(({ name }) => name.endsWith(".md")).map(({ name }) =>
    `${folder}/${name}`
  );
  return [...own, ...inner.flat()].sort();
}
