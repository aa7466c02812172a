import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./command.ts";

/** A Python that can execute notebooks, or why there is none. */
export type Python = { path: string } | { reason: string };

/**
 * Makes `.venv` with what `tests/notebooks/requirements.txt` pins, unless it is there already.
 * Nothing is installed outside the repository.
 */
export async function preparePython(root: string): Promise<Python> {
  const requirements = join(root, "tests", "notebooks", "requirements.txt");
  const venv = join(root, ".venv");
  // pip leaves no trace of what it was asked for; this copy is written after it succeeded.
  const installed = join(venv, "installed.txt");
  const path = join(venv, "bin", "python");
  if (await sameText(requirements, installed) && (await quietly(root, path, ["-V"])).code === 0) {
    return { path };
  }

  const version = await quietly(root, "python3", ["-V"]);
  if (version.code !== 0) {
    return { reason: "python3 was not found in PATH; install Python 3.10 or newer" };
  }
  const steps: [program: string, args: string[]][] = [
    ["python3", ["-m", "venv", "--clear", venv]],
    [path, ["-m", "pip", "install", "--quiet", "-r", requirements]],
  ];
  for (const [program, args] of steps) {
    const { code, text } = await quietly(root, program, args);
    if (code !== 0) {
      const said = text.trim().split("\n").at(-1) ?? "";
      const remedy = "install Python 3.10 or newer with venv (Debian: python3-venv)";
      return {
        reason:
          `\`${program} ${args.slice(0, 3).join(" ")}\` failed with ${version.text.trim()}: ` +
          `${said}; ${remedy}, and check the network`,
      };
    }
  }
  await copyFile(requirements, installed);
  return { path };
}

function quietly(root: string, program: string, args: string[]) {
  return runCommand(program, args, {
    cwd: root,
    env: { PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    show: false,
  });
}

async function sameText(a: string, b: string): Promise<boolean> {
  const [textA, textB] = await Promise.all([
    readFile(a, "utf8"),
    readFile(b, "utf8").catch(() => null),
  ]);
  return textA === textB;
}
