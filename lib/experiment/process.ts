import { fileURLToPath } from "node:url";
import tool from "../../deno.json" with { type: "json" };
import { InputError, revivedError } from "../errors.ts";
import { formatMs } from "../quantities.ts";
import { linesOf, type ProcessNews, type ProcessOrder } from "./protocol.ts";

/** How long a process may take to keep what it has, once it is stopped. */
const GRACE_MS = 15_000;
const LAST_WORDS = 400;
/** It tells its progress about ten times a second; a first one may fetch the runtime before. */
const SILENCE_MS = 600_000;

/**
 * Runs a process of its own to its end and returns the runs that it wrote.
 *
 * @throws {InputError} with the process's own, or where no process can be started
 * @throws {Error} where it crashed, or was stopped
 */
export async function runProcess(
  order: ProcessOrder,
  tell: (stage: string, fraction: number) => void,
  signal: AbortSignal | undefined,
  silenceMs = SILENCE_MS,
): Promise<string[]> {
  await using child = spawn();
  const { stdin, stdout, stderr, status } = child;
  const words = lastWords(stderr);
  const writer = stdin.getWriter();
  // A process that died at once cannot be written to; its exit code says so.
  await writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`)).catch(() => {});
  const close = () => writer.close().catch(() => {});
  let limit: ReturnType<typeof setTimeout> | undefined;
  const reading = new AbortController();
  const killAfter = (ms: number) => {
    clearTimeout(limit);
    limit = setTimeout(() => {
      // npx starts a program that starts Deno: that one may still hold the other end, when this one
      // has ended already.
      try {
        child.kill("SIGKILL");
      } catch {
        // It has.
      }
      reading.abort(
        new Error(
          signal?.aborted
            ? "The process was stopped"
            : `The process said nothing for ${formatMs(silenceMs)}`,
        ),
      );
    }, ms);
  };
  const stop = () => {
    close();
    killAfter(GRACE_MS);
  };
  killAfter(silenceMs);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const runIds: string[] = [];
  let failure: Error | null = null;
  try {
    for await (const line of linesOf(stdout, reading.signal)) {
      if (!signal?.aborted) killAfter(silenceMs);
      const news = newsOf(line);
      if (news?.type === "progress") tell(news.stage, news.fraction);
      else if (news?.type === "run" && news.status === "complete") runIds.push(news.runId);
      else if (news?.type === "failed") failure = revivedError(news);
    }
    const { code, signal: killedBy } = await status;
    reading.signal.throwIfAborted();
    if (failure !== null) throw failure;
    if (code !== 0) {
      const how = killedBy === null ? `exit code ${code}` : killedBy;
      throw new Error(`The process ended with ${how}: ${await words || "it said nothing"}`);
    }
    if (runIds.length < order.prompts.length) throw new Error("The process was stopped");
    return runIds;
  } finally {
    signal?.removeEventListener("abort", stop);
    clearTimeout(limit);
    close();
  }
}

/** It may do what `deno task profile` may. */
function spawn(): Deno.ChildProcess {
  const permissions = tool.tasks.profile.split(" ").filter((flag) => flag.startsWith("--allow-"));
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const main = fileURLToPath(new URL("./process_main.ts", import.meta.url));
  const program = denoProgram();
  try {
    return new Deno.Command(program, {
      args: ["run", "-q", "--no-prompt", "--config", config, ...permissions, main],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // Ctrl-C goes to all of the terminal's foreground group; the run is to end in order.
      detached: true,
    }).spawn();
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    throw new InputError(
      `Cannot start a process for an arm: ${
        isMissing ? `${program} is not on the PATH` : (error as Error).message
      }`,
      {
        remedy: isMissing ? "install Deno, or allow this one with --allow-run" : "run the " +
          "experiment with deno task experiment, or pass --allow-run=deno",
        cause: error,
      },
    );
  }
}

/** `--allow-run=deno` allows that name and no path, not even that of the program itself. */
function denoProgram(): string {
  const path = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: path });
  return state === "granted" ? path : "deno";
}

function newsOf(line: string): ProcessNews | null {
  try {
    return JSON.parse(line);
  } catch {
    return null; // Libraries write to stdout, too.
  }
}

async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let words = "";
  for await (const line of linesOf(stream)) words = `${words} ${line}`.slice(-LAST_WORDS);
  return words.trim();
}
