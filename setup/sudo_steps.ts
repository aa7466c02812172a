import { InputError } from "../lib/errors.ts";

/** One command, run as root through sudo. */
export interface SudoStep {
  /** Program, by its whole path, and arguments. */
  command: readonly string[];
  /** What it reads. */
  input?: string;
  /** What it is for, in a few words. */
  purpose: string;
  /** The file to remove where it fails. */
  leaves?: string;
}

/**
 * How `text` comes to `path`. It goes through a pipe to a file that only root can write, is checked
 * there, and gets its name last: no process of the user can change it between check and use, and
 * sudo never reads half of it. Whole paths, since macOS hands the user's PATH to what sudo runs.
 */
export function installSteps(text: string, path: string): SudoStep[] {
  // sudo skips this name, as it holds a dot.
  const leaves = `${path}.new`;
  return [
    removal("remove what an earlier attempt left", leaves),
    {
      command: ["/usr/bin/tee", leaves],
      input: text,
      purpose: "write the rule, not yet in use",
      leaves,
    },
    { command: ["/bin/chmod", "0440", leaves], purpose: "readable by root only", leaves },
    { command: ["/usr/sbin/visudo", "-cf", leaves], purpose: "check it", leaves },
    { command: ["/bin/mv", "-f", leaves, path], purpose: "put it to use", leaves },
    { command: ["/usr/sbin/visudo", "-c"], purpose: "check all rules together", leaves: path },
  ];
}

/** How the rule at `path` goes away again. */
export function undoSteps(path: string): SudoStep[] {
  return [removal("remove the rule", path, `${path}.new`)];
}

function removal(purpose: string, ...files: string[]): SudoStep {
  return { command: ["/bin/rm", "-f", ...files], purpose };
}

/** A step as one would type it. */
export function typedStep({ command }: SudoStep): string {
  return ["sudo", ...command].join(" ");
}

/**
 * Runs the steps; where one fails, removes what it leaves and throws `InputError` with what sudo
 * said. sudo asks for a password on the terminal by itself.
 */
export async function runSteps(
  steps: readonly SudoStep[],
  sudo = "/usr/bin/sudo",
): Promise<void> {
  for (const step of steps) {
    const problem = await failureOf(step, sudo);
    if (problem === null) continue;
    const { leaves } = step;
    if (leaves !== undefined) await failureOf(removal("clear up", leaves), sudo);
    throw new InputError(`Cannot set up sudo: \`${typedStep(step)}\` failed (${problem})`, {
      remedy: leaves === undefined
        ? "run it in a terminal, from an account that may use sudo"
        : `${leaves} was removed again; show this to whoever manages sudo here`,
    });
  }
}

async function failureOf(step: SudoStep, sudo: string): Promise<string | null> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(sudo, {
      args: ["--", ...step.command],
      stdin: step.input === undefined ? "null" : "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `there is no ${sudo}`;
  }
  const output = child.output();
  if (step.input !== undefined) {
    const writer = child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(step.input));
      await writer.close();
    } catch {
      // sudo ended before it read: what it said tells why.
    }
  }
  const { success, code, stderr } = await output;
  if (success) return null;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
  return said === "" ? `exit code ${code}` : said;
}
