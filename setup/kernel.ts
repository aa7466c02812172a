import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
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
export function kernelSpec(deno: readonly string[] = lastingDeno(Deno.execPath())): KernelSpec {
  return {
    argv: [...deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "signal",
    env: { NO_COLOR: "1" },
  };
}

/**
 * The command that starts this Deno now and later. npx keeps its binary in a cache that npm may
 * empty, so there the command is npx itself; the stop button's SIGINT passes through it (tried).
 */
export function lastingDeno(execPath: string): string[] {
  const isFromNpx = execPath.split("/").includes("_npx");
  return isFromNpx ? ["npx", "-y", `deno@${Deno.version.deno}`] : [execPath];
}

/** The folder of the kernel under a Jupyter data folder. */
export function kernelFolder(jupyterDir: string): string {
  return join(jupyterDir, "kernels", "deno");
}

/** Installs the kernel as `deno` under a Jupyter data folder and returns the path of its spec. */
export async function installKernel(jupyterDir: string): Promise<string> {
  const folder = kernelFolder(jupyterDir);
  await mkdir(folder, { recursive: true });
  const path = join(folder, "kernel.json");
  await writeFile(path, JSON.stringify(kernelSpec(), null, 2) + "\n");
  return path;
}

/** Removes the kernel from under a Jupyter data folder; `false` where there is none. */
export async function removeKernel(jupyterDir: string): Promise<boolean> {
  if (await readKernel(jupyterDir) === null) return false;
  await rm(kernelFolder(jupyterDir), { recursive: true });
  return true;
}

/** What is written in the kernel's spec, to be judged by the caller; `null` where there is none. */
export async function readKernel(jupyterDir: string): Promise<string | null> {
  try {
    return await readFile(join(kernelFolder(jupyterDir), "kernel.json"), "utf8");
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** The environment in which Jupyter finds that kernel first and leaves the home folder alone. */
export function jupyterEnv(jupyterDir: string): Record<string, string> {
  return {
    JUPYTER_PATH: jupyterDir,
    JUPYTER_DATA_DIR: jupyterDir,
    JUPYTER_RUNTIME_DIR: join(jupyterDir, "runtime"),
  };
}
