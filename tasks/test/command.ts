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
}

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
  const show = options.show ?? true;
  const [output, errors, { code }] = await Promise.all([
    keep(child.stdout, show ? Deno.stdout.writable : null),
    keep(child.stderr, show ? Deno.stderr.writable : null),
    child.status,
  ]);
  return { code, text: output + errors };
}

/** Runs the Deno that runs this, wherever it was installed. */
export function runDeno(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(Deno.execPath(), args, options);
}

async function keep(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  shown: WritableStream<Uint8Array<ArrayBufferLike>> | null,
): Promise<string> {
  if (shown === null) return await new Response(stream).text();
  const [visible, kept] = stream.tee();
  const [text] = await Promise.all([
    new Response(kept).text(),
    visible.pipeTo(shown, { preventClose: true }),
  ]);
  return text;
}
