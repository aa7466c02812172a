import { isAbsolute, join } from "node:path";
import { type Environment, jupyterFolders } from "../../setup/jupyter_places.ts";
import { kernelFolder, type KernelSpec, readKernel } from "../../setup/kernel.ts";
import type { Answer } from "./part.ts";

const INSTALL = "run `deno task setup kernel`";

/** Whether Jupyter finds a Deno kernel, the first in its folders, and whether that one will do. */
export async function kernelAnswer(
  env: Environment = (name) => Deno.env.get(name),
  os: typeof Deno.build.os = Deno.build.os,
): Promise<Answer> {
  for (const folder of jupyterFolders(env, os)) {
    const text = await readKernel(folder);
    if (text === null) continue;
    const found = join(kernelFolder(folder), "kernel.json");
    const reason = faultOf(text);
    return reason === null ? { found } : { found, reason, remedy: INSTALL };
  }
  return { reason: "Jupyter has no Deno kernel", remedy: INSTALL };
}

function faultOf(text: string): string | null {
  let spec: Partial<KernelSpec>;
  try {
    spec = JSON.parse(text);
  } catch {
    return "its kernel.json is not JSON";
  }
  const program = Array.isArray(spec?.argv) ? spec.argv[0] : undefined;
  if (typeof program !== "string") return "its kernel.json names no command";
  if (isAbsolute(program) && !exists(program)) return `it starts ${program}, which is not there`;
  if ((spec.interrupt_mode as string) === "message") {
    return "it is interrupted by message, which hangs it for good";
  }
  if (!spec.env?.NO_COLOR) return "it does not set NO_COLOR, so texts come with colour codes";
  return null;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const ASK_PYTHON = `import sys, importlib.util as u
has = lambda name: u.find_spec(name) is not None
print(*sys.version_info[:3], has("venv") and has("ensurepip"), has("jupyterlab"), sep=" ")`;

/** Whether there is a Python that can hold Jupyter. */
export async function pythonAnswer(python = "python3"): Promise<Answer> {
  const remedy = "install Python 3.10 or newer with venv (Debian: python3-venv)";
  let words: string[];
  try {
    // -I -B: it neither reads the folder's modules nor writes any.
    const { success, stdout } = await new Deno.Command(python, {
      args: ["-I", "-B", "-c", ASK_PYTHON],
      stdin: "null",
      stderr: "null",
    }).output();
    if (!success) return { reason: `${python} does not run`, remedy };
    words = new TextDecoder().decode(stdout).trim().split(" ");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { reason: `there is no ${python} on the PATH`, remedy };
  }
  const [major = "", minor = "", patch = "", venv, lab] = words;
  const version = `${major}.${minor}.${patch}`;
  const found = `${version}, ${lab === "True" ? "with" : "without"} JupyterLab`;
  if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 10)) {
    return { found, reason: `${version} is older than 3.10`, remedy };
  }
  return venv === "True" ? { found } : { found, reason: "it lacks venv or ensurepip", remedy };
}
