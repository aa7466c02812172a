import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { codeCells, joinCells, modulePath, nameCells } from "./cells.ts";
import { runDeno } from "./command.ts";
import { notebookPaths } from "./notebook_paths.ts";
import { type Check, counted, type Gate, oneTest, type Outcome, type Step } from "./step.ts";

/**
 * Format, type check and lint of the notebooks' code. The kernel only strips types, and `deno check` and
 * `deno lint` do not read notebooks (shared notes on Deno, section 1.5).
 */
export const notebookTypes: Step = {
  name: "notebook types",
  async run(gate: Gate): Promise<Outcome> {
    const paths = await notebookPaths(gate.root);
    if (paths.length === 0) return oneTest(false);
    const checks = await gate.lanes(async () => [
      ...await checkFormats(gate.root, paths),
      ...await checkNotebooks(gate.root, paths),
    ]);
    for (const { name, problem } of checks) console.log(problem ?? `${name} ... ok`);
    return counted(checks);
  },
};

/**
 * Whether the formatter leaves notebooks as they are. `deno fmt --check` cannot say: Deno 2.9.6 calls
 * every notebook unformatted that it has not formatted itself with the same cache.
 */
async function checkFormats(root: string, paths: readonly string[]): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-format-"));
  try {
    const copies = paths.map((path) => join(folder, basename(path)));
    await Promise.all(paths.map((path, at) => copyFile(path, copies[at]!)));
    const config = join(root, "deno.json");
    await runDeno(["fmt", "--config", config, ...copies], { cwd: root, show: false });
    return await Promise.all(paths.map(async (path, at) => {
      const isSame = await readFile(copies[at]!, "utf8") === await readFile(path, "utf8");
      const problem =
        `${path} is not formatted; copy it out of notebooks/, run deno fmt, copy it back`;
      return { name: `fmt ${path}`, problem: isSame ? null : problem };
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Types and lint of all notebooks at once: what they import is read once then. The modules made of
 * their cells are there only meanwhile.
 */
export async function checkNotebooks(root: string, paths: readonly string[]): Promise<Check[]> {
  const notebooks = await Promise.all(paths.map(async (path) => ({
    path,
    module: modulePath(path),
    joined: joinCells(codeCells(await readFile(path, "utf8"))),
  })));
  try {
    await Promise.all(notebooks.map(({ module, joined }) => writeFile(module, joined)));
    const checks: Check[] = [];
    for (const command of ["check", "lint"]) {
      const modules = notebooks.map(({ module }) => module);
      const { code, text } = await runDeno([command, ...modules], { cwd: root, show: false });
      const named = notebooks.reduce(
        (sofar, { path, joined }) => nameCells(sofar, path, joined),
        text,
      );
      const name = `${command} of ${paths.length} notebooks`;
      checks.push({ name, problem: code === 0 ? null : named });
    }
    return checks;
  } finally {
    await Promise.all(notebooks.map(({ module }) => rm(module, { force: true })));
  }
}
