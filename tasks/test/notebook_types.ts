import { readFile, rm, writeFile } from "node:fs/promises";
import { codeCells, joinCells, modulePath, nameCells } from "./cells.ts";
import { runDeno } from "./command.ts";
import { notebookPaths } from "./notebook_paths.ts";
import { type Check, counted, type Gate, oneTest, type Outcome, type Step } from "./step.ts";

/**
 * Type check and lint of the notebooks' code. The kernel only strips types, and `deno check` and
 * `deno lint` do not read notebooks (shared notes on Deno, section 1.5).
 */
export const notebookTypes: Step = {
  name: "notebook types",
  async run(gate: Gate): Promise<Outcome> {
    const checks: Check[] = [];
    for (const path of await notebookPaths(gate.root)) {
      checks.push(...await checkNotebook(gate.root, path));
    }
    for (const { name, problem } of checks) console.log(problem ?? `${name} ... ok`);
    return checks.length > 0 ? counted(checks) : oneTest(false);
  },
};

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
