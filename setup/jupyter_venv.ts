import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installKernel } from "./kernel.ts";

/** The Python of a folder in which JupyterLab and our kernel are, or why there is none. */
export type JupyterVenv = { python: string } | { reason: string; remedy: string };

const PYTHON = "install Python 3.10 or newer with venv (Debian: python3-venv)";
/** Python 3.10 is what JupyterLab 4.6 asks for. */
const LEAST_MINOR = 10;

/**
 * Makes `.venv` under `root` with what `setup/requirements.txt` pins and the Deno kernel, unless all
 * is there. Nothing is installed elsewhere. `onInstall` is called before what takes long.
 */
export async function prepareJupyter(
  root: string,
  onInstall: () => void = () => {},
): Promise<JupyterVenv> {
  // Two processes that make one `.venv` at once leave half of it: tests run beside each other.
  using turn = await Deno.open(join(root, ".venv.lock"), { write: true, create: true });
  await turn.lock(true);
  return await prepareInTurn(root, onInstall);
}

async function prepareInTurn(root: string, onInstall: () => void): Promise<JupyterVenv> {
  const requirements = join(root, "setup", "requirements.txt");
  const venv = join(root, ".venv");
  // pip leaves no trace of what it was asked for; this copy is written after it succeeded.
  const installed = join(venv, "installed.txt");
  const python = join(venv, "bin", "python");
  const isReady = await sameText(requirements, installed) &&
    (await run(python, ["-V"])).code === 0;
  if (!isReady) {
    const fault = await pythonFault();
    if (fault !== null) return { reason: fault, remedy: PYTHON };
    onInstall();
    const venvMade = await run("python3", ["-m", "venv", "--clear", venv]);
    if (venvMade.code !== 0) {
      return { reason: `\`python3 -m venv\` failed: ${lastLine(venvMade.text)}`, remedy: PYTHON };
    }
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    const packages = await run(python, [...pip, "-r", requirements]);
    if (packages.code !== 0) {
      const reason = `pip could not install JupyterLab: ${lastLine(packages.text)}`;
      return { reason, remedy: "check the network, or point pip to an index it can reach" };
    }
    await copyFile(requirements, installed);
  }
  // Written each time: the path of Deno may have changed since.
  await installKernel(join(venv, "share", "jupyter"));
  await leaveHomeAlone(venv);
  return { python };
}

/** JupyterLab asks, at first start, whether it may fetch news from its makers: it shall not. */
async function leaveHomeAlone(venv: string): Promise<void> {
  const folder = join(venv, "etc", "jupyter", "labconfig");
  await mkdir(folder, { recursive: true });
  const disabledExtensions = { "@jupyterlab/apputils-extension:announcements": true };
  await writeFile(join(folder, "page_config.json"), JSON.stringify({ disabledExtensions }) + "\n");
}

async function pythonFault(): Promise<string | null> {
  const { code, text } = await run("python3", ["-V"]);
  if (code === 127) return "python3 was not found in PATH";
  const [, major = "0", minor = "0"] = text.match(/Python (\d+)\.(\d+)/) ?? [];
  const isOld = Number(major) < 3 || (Number(major) === 3 && Number(minor) < LEAST_MINOR);
  if (code !== 0 || isOld) return `python3 is ${text.trim() || `broken (exit code ${code})`}`;
  return null;
}

/** What a program wrote; a program that is not there gives code 127, as in a shell. */
async function run(program: string, args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" })
      .output();
    return {
      code,
      text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join(""),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, text: "" };
  }
}

/** The last line that says something; pip closes with notices. */
function lastLine(text: string): string {
  const lines = text.trim().split("\n").filter((line) => !line.includes("[notice]"));
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "";
}

async function sameText(a: string, b: string): Promise<boolean> {
  const [textA, textB] = await Promise.all([
    readFile(a, "utf8"),
    readFile(b, "utf8").catch(() => null),
  ]);
  return textA === textB;
}
