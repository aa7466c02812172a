/**
 * `deno task notebook`: JupyterLab on the tour.
 *
 * @module
 */
import { join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { prepareJupyter } from "../setup/jupyter_venv.ts";
import { jupyterEnv } from "../setup/kernel.ts";
import { command, dim, EXIT, ExitWith, integer, runCommand } from "./frame/mod.ts";
import { labArguments } from "./notebook/lab_arguments.ts";

const ROOT = join(import.meta.dirname!, "..");

/** Kernels and what the server writes while it runs: in .venv, not in the home folder. */
const labEnv = jupyterEnv(join(ROOT, ".venv", "share", "jupyter"));

export const task = command("notebook", "Open the guided tour in JupyterLab, on the Deno kernel.")
  .argument("[notebook]", "which one, by its name or the beginning of it", "01")
  .addOption(
    new Option("--port <number>", "where it listens, on this machine only").argParser(
      integer(1, 65_535),
    ).default(8888, "8888, or the next that is free"),
  )
  .addOption(new Option("--no-open", "print the address and do not open a browser"))
  .addHelpText(
    "after",
    `
At first it makes .venv here with JupyterLab and the Deno kernel (240 MB); nothing is installed
elsewhere. The kernel has all permissions: Deno cannot narrow them yet. Ctrl-C ends it.

Examples:
  deno task notebook
  deno task notebook 01 --no-open --port 8890`,
  )
  .action(async (asked, { port, open }, command) => {
    const isPortAsked = command.getOptionValueSource("port") !== "default";
    const notebook = await findNotebook(asked);
    const jupyter = await prepareJupyter(
      ROOT,
      () => console.error("Installing JupyterLab into .venv, once; this takes about half a minute"),
    );
    if ("reason" in jupyter) {
      throw new InputError(`Cannot start JupyterLab: ${jupyter.reason}`, jupyter);
    }
    console.error(dim("JupyterLab starts; Ctrl-C ends it"));
    await serve(jupyter.python, labArguments({ notebook, port, isPortAsked, open, root: ROOT }));
  });

async function findNotebook(asked: string): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(join(ROOT, "notebooks"))))
    .map(({ name }) => name).filter((name) => name.endsWith(".ipynb")).sort();
  const found = names.find((name) => name.startsWith(asked));
  if (found !== undefined) return `notebooks/${found}`;
  throw new InputError(`Cannot open the notebook "${asked}": there is none`, {
    remedy: `choose one of ${names.join(", ")}`,
  });
}

/** Runs the server until it ends. Ctrl-C reaches it by itself, as it is of the same group. */
async function serve(python: string, args: string[]): Promise<void> {
  const child = new Deno.Command(python, { args, cwd: ROOT, env: labEnv, stdin: "null" }).spawn();
  let isInterrupted = false;
  const end = (kind: "SIGINT" | "SIGTERM") => () => {
    isInterrupted = true;
    // A signal to this process alone must end the server, too; a second one does it no harm.
    try {
      child.kill(kind === "SIGINT" ? "SIGTERM" : kind);
    } catch {
      // It has ended.
    }
  };
  Deno.addSignalListener("SIGINT", end("SIGINT"));
  Deno.addSignalListener("SIGTERM", end("SIGTERM"));
  const { code } = await child.status;
  if (isInterrupted) throw new ExitWith(EXIT.interrupted);
  if (code === 0) return;
  throw new InputError(`JupyterLab ended with exit code ${code}`, {
    remedy: "see what it wrote above; a port that is taken can be changed with --port",
  });
}

if (import.meta.main) await runCommand(task);
