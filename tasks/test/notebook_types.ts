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
    const checks: Check[] = [];
    for (const path of await notebookPaths(gate.root)) {
      checks.push(await checkFormat(gate.root, path), ...await checkNotebook(gate.root, path));
    }
    for (const { name, problem } of checks) console.log(problem ?? `${name} ... ok`);
    return checks.length > 0 ? counted(checks) : oneTest(false);
  },
};

/**
 * Whether the formatter leaves a notebook as it is. `deno fmt --check` cannot say: Deno 2.9.6 calls
 * every notebook unformatted that it has not formatted itself with the same cache.
 */
export async function checkFormat(root: string, path: string): Promise<Check> {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-format-"));
  try {
    const copy = join(folder, basename(path));
    await copyFile(path, copy);
    await runDeno(["fmt", "--config", join(root, "deno.json"), copy], { cwd: root, show: false });
    const isSame = await readFile(copy, "utf8") === await readFile(path, "utf8");
    const problem =
      `${path} is not formatted; copy it out of notebooks/, run deno fmt, copy it back`;
    return { name: `fmt ${path}`, problem: isSame ? null : problem };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Checks one notebook; the module made of its cells is there only meanwhile. */
export async function checkNotebook(root: string, path: string): Promise<Check[]> {
  const joined = joinCells(codeCells(await readFile(path, "utf8")));
  const module = modulePath(path);
  await writeFile(module, joined);
  try {
    const checks: Check[] = [];
    for (const command of ["check", "lint"]) {
      const { code, text } = await runDeno([command, module], { cwd: root, show: false });
      checks.push({
        name: `${command} ${path}`,
        problem: code === 0 ? null : nameCells(text, path, joined),
      });
    }
    return checks;
  } finally {
    await rm(module, { force: true });
  }
}
