import { InputError } from "../lib/errors.ts";

/** One command, run as root through sudo. */
export interface SudoStep {
  /** Program, by its whole path, and arguments. */
  command: readonly string[];
  /** What it reads. */
  input?: string;
  /** What it is for, in a few words. */
  purpose: string;
}

/** What becomes of a rule: the steps in order, and what clears up where one of them fails. */
export interface SudoPlan {
  steps: readonly SudoStep[];
  cleanup: readonly SudoStep[];
}

/**
 * How `text` comes to `path`. It goes through a pipe to a file that only root can write, is checked
 * there, and gets its name last: no process of the user can change it between check and use, and
 * sudo never reads half of it. Whole paths, since macOS hands the user's PATH to what sudo runs.
 */
export function installPlan(text: string, path: string): SudoPlan {
  // sudo skips this name, as it holds a dot.
  const staged = `${path}.new`;
  const remove = (file: string): SudoStep => ({
    command: ["/bin/rm", "-f", file],
    purpose: "clear away what an earlier attempt left",
  });
  return {
    steps: [
      remove(staged),
      { command: ["/usr/bin/tee", staged], input: text, purpose: "write the rule, not yet in use" },
      { command: ["/bin/chmod", "0440", staged], purpose: "readable by root only" },
      { command: ["/usr/sbin/visudo", "-cf", staged], purpose: "check it" },
      { command: ["/bin/mv", "-f", staged, path], purpose: "put it to use" },
      { command: ["/usr/sbin/visudo", "-c"], purpose: "check it together with all other rules" },
    ],
    cleanup: [remove(staged), remove(path)],
  };
}

/** How the rule at `path` goes away again. */
export function undoPlan(path: string): SudoPlan {
  return {
    steps: [{ command: ["/bin/rm", "-f", path, `${path}.new`], purpose: "remove the rule" }],
    cleanup: [],
  };
}

/** A step as one would type it. */
export function typedStep({ command }: SudoStep): string {
  return ["sudo", ...command].join(" ");
}

/**
 * Runs the steps; where one fails, the cleanup, and throws `InputError` with what sudo said.
 * sudo asks for a password on the terminal by itself.
 */
export async function runPlan(plan: SudoPlan, sudo = "/usr/bin/sudo"): Promise<void> {
  for (const [index, step] of plan.steps.entries()) {
    const problem = await failureOf(step, sudo);
    if (problem === null) continue;
    // Who could not become root at the first step has left nothing, and must not be asked again.
    if (index > 0) { for (const one of plan.cleanup) await failureOf(one, sudo); }
    throw new InputError(`Cannot set up sudo: \`${typedStep(step)}\` failed (${problem})`, {
      remedy: index === 0
        ? "run it in a terminal, from an account that may use sudo"
        : "nothing was left behind; the file's text stands above, for whoever manages sudo here",
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
