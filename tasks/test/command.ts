import process from "node:process";

/** How a command ended and all that it wrote, standard output first. */
export interface CommandResult {
  code: number;
  text: string;
}

/** How a command is run. */
export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Whether its output is shown while it comes; the default is yes. */
  show?: boolean;
  /** After which it is ended, with code 137; default: never. What it wrote so far is kept. */
  limitMs?: number;
}

/** What an ended command has still to say; a process that it left behind may hold its pipes open. */
const LAST_WORDS_MS = 1000;

/**
 * Runs a command and keeps what it wrote. A program that is not there gives code 127, as in a
 * shell, so that callers handle one way of failing.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      cwd: options.cwd,
      // Colours would have to be taken out again before counting.
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { code: 127, text: `${program}: command not found` };
    }
    throw error;
  }
  const said = { stdout: "", stderr: "" };
  const reading = Promise.all((["stdout", "stderr"] as const).map(async (name) => {
    for await (const text of child[name].pipeThrough(new TextDecoderStream())) {
      said[name] += text;
      if (options.show ?? true) process[name].write(text);
    }
  }));
  const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
  const limit = options.limitMs === undefined ? undefined : setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended, and what it left behind has not.
    }
    setTimeout(over, LAST_WORDS_MS);
  }, options.limitMs);
  await Promise.race([reading, isOver]);
  const { code } = await child.status;
  clearTimeout(limit);
  return { code, text: said.stdout + said.stderr };
}

/** Runs the Deno that runs this, wherever it was installed. */
export function runDeno(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(Deno.execPath(), args, options);
}
