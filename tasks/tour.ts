/**
 * `deno task tour`: executes the notebooks and renders them into `docs/tour/`.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { basename, join } from "node:path";
import { InputError } from "../lib/errors.ts";
import { prepareJupyter } from "../setup/jupyter_venv.ts";
import { jupyterEnv } from "../setup/kernel.ts";
import { command, ProgressBar, runCommand } from "./frame/mod.ts";
import { runCommand as runProgram } from "./test/command.ts";
import { notebookPaths } from "./test/notebook_paths.ts";
import { judgeExecution, readExecutions } from "./test/outputs.ts";
import { indexPage } from "./tour/index_page.ts";
import { traces } from "./tour/traces.ts";

const ROOT = join(import.meta.dirname!, "..");
const PAGES = join(ROOT, "docs", "tour");
const EXECUTED = join(ROOT, ".cache", "tour");

export const task = command("tour", "Execute the notebooks here and render them into docs/tour.")
  .argument("[notebooks...]", "which ones, by the beginning of their names; default: all")
  .addOption(new Option("--rendered-only", "render what was executed last, and execute nothing"))
  .addOption(new Option("-q, --quiet", "no progress bar"))
  .addHelpText(
    "after",
    `
At first it makes .venv here with JupyterLab and the Deno kernel (240 MB). The kernel has all
permissions: Deno cannot narrow them yet. Close other programs: what they take stands in the charts.

Examples:
  deno task tour
  deno task tour 02 07`,
  )
  .action(async (asked, { renderedOnly, quiet }) => {
    const all = await notebookPaths(ROOT);
    const wanted = asked.length === 0
      ? all
      : all.filter((path) => asked.some((start) => basename(path).startsWith(start)));
    if (wanted.length === 0) {
      throw new InputError(`Cannot render "${asked.join(" ")}": there is no such notebook`, {
        remedy: `choose from ${all.map((path) => basename(path)).join(", ")}`,
      });
    }
    const jupyter = await prepareJupyter(
      ROOT,
      () => console.error("Installing JupyterLab into .venv, once; this takes about half a minute"),
    );
    if ("reason" in jupyter) {
      throw new InputError(`Cannot execute notebooks: ${jupyter.reason}`, jupyter);
    }
    const bar = new ProgressBar(quiet ?? false);
    for (const [index, path] of renderedOnly ? [] : wanted.entries()) {
      bar.draw(index / wanted.length, basename(path));
      await execute(jupyter.python, path);
    }
    bar.clear();
    await render(jupyter.python, all);
    for (const path of wanted) console.log(`docs/tour/${pageOf(path)}`);
  });

function pageOf(notebook: string): string {
  return `${basename(notebook, ".ipynb")}.html`;
}

/** The same as in the gate, one after the other: two at once would measure each other. */
async function execute(python: string, path: string): Promise<void> {
  const script = join(ROOT, "tests", "notebooks", "execute.py");
  const { text } = await runProgram(python, [script, "--out", EXECUTED, path], {
    cwd: ROOT,
    env: jupyterEnv(join(ROOT, ".venv", "share", "jupyter")),
    show: false,
  });
  const [execution] = readExecutions(text);
  const problem = execution === undefined
    ? text.trim().split("\n").at(-1) ?? "it wrote nothing"
    : judgeExecution(execution).find(({ problem }) => problem !== null)?.problem;
  if (!problem) return;
  throw new InputError(`Cannot render ${basename(path)}: ${problem.split("\n")[0]}`, {
    remedy: "run it with deno task notebook to see more",
  });
}

/** Pages link to their neighbours, so all are rendered, as far as they were ever executed here. */
async function render(python: string, notebooks: readonly string[]): Promise<void> {
  const executed = [];
  for (const path of notebooks.map((notebook) => join(EXECUTED, basename(notebook)))) {
    if (await Deno.stat(path).then(() => true, () => false)) executed.push(path);
  }
  if (executed.length === 0) {
    throw new InputError("Cannot render the tour: no notebook was executed", {
      remedy: "run deno task tour without --rendered-only",
    });
  }
  await Deno.mkdir(PAGES, { recursive: true });
  const script = join(import.meta.dirname!, "tour", "render.py");
  const { code, text } = await runProgram(python, [script, "--out", PAGES, ...executed], {
    cwd: ROOT,
    show: false,
  });
  if (code !== 0) throw new Error(`render.py ended with code ${code}: ${text.trim()}`);
  for (const path of executed) {
    const page = join(PAGES, pageOf(path));
    const [found] = traces(await Deno.readTextFile(page), ROOT);
    if (found === undefined) continue;
    await Deno.remove(page);
    throw new InputError(
      `Cannot keep ${pageOf(path)}: it names "${found}", which is of this machine`,
      {
        remedy: "print less in that notebook",
      },
    );
  }
  await Deno.writeTextFile(join(PAGES, "README.md"), indexPage(await notebookTexts(notebooks)));
}

function notebookTexts(notebooks: readonly string[]): Promise<{ name: string; text: string }[]> {
  return Promise.all(notebooks.map(async (path) => ({
    name: basename(path, ".ipynb"),
    text: await Deno.readTextFile(path),
  })));
}

if (import.meta.main) await runCommand(task);
