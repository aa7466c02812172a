import { copyFile, link, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What Jupyter reads from `kernel.json`. */
export interface KernelSpec {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: "signal";
  env: Record<string, string>;
}

/**
 * The spec of the Deno kernel, written by ourselves because `deno jupyter --install` takes no
 * environment. Without NO_COLOR every text/plain carries ANSI codes. `message` as interrupt mode
 * would hang the kernel for good when a cell is stopped in an `await`.
 */
export function kernelSpec(deno: string): KernelSpec {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "signal",
    env: { NO_COLOR: "1" },
  };
}

/** Installs the kernel as `deno` under a Jupyter data folder and returns the path of its spec. */
export async function installKernel(jupyterDir: string): Promise<string> {
  const folder = join(jupyterDir, "kernels", "deno");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "kernel.json");
  const deno = await stableDeno(jupyterDir);
  await writeFile(path, JSON.stringify(kernelSpec(deno), null, 2) + "\n");
  return path;
}

/** The environment in which Jupyter finds that kernel first and leaves the home folder alone. */
export function jupyterEnv(jupyterDir: string): Record<string, string> {
  return {
    JUPYTER_PATH: jupyterDir,
    JUPYTER_DATA_DIR: jupyterDir,
    JUPYTER_RUNTIME_DIR: join(jupyterDir, "runtime"),
  };
}

/**
 * A path to this Deno that lasts. Under npx the binary lies in a cache that npm may empty, so it
 * is linked (or copied) beside the kernel. Starting the kernel through npx instead would put two
 * processes between it and Jupyter, which the stop button's SIGINT ends.
 */
async function stableDeno(jupyterDir: string): Promise<string> {
  const current = Deno.execPath();
  if (!current.includes("_npx")) return current;
  const stable = join(jupyterDir, `deno-${Deno.version.deno}`);
  if (await stat(stable).catch(() => null) === null) {
    await link(current, stable).catch(() => copyFile(current, stable));
  }
  return stable;
}
