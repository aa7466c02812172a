import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { pause } from "../../lib/clock.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How a task ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Settings of a spawned task. */
export interface TaskOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** The most private memory that it can have, in KiB (`ulimit -d`). */
  memoryKb?: number;
}

/** Starts a task with the very flags that deno.json gives it. */
export function spawnTask(
  name: string,
  args: string[],
  options: TaskOptions = {},
): Deno.ChildProcess {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [program, ...flags] = (tasks[name] as string).split(" ");
  if (program !== "deno") throw new Error(`Cannot spawn task ${name}: it runs ${program}`);
  const command = [Deno.execPath(), ...flags, ...args];
  const limited = [
    "sh",
    "-c",
    'ulimit -c 0 && ulimit -d "$0" && exec "$@"',
    `${options.memoryKb}`,
    ...command,
  ];
  const [run, ...rest] = options.memoryKb === undefined ? command : limited;
  return new Deno.Command(run!, {
    args: rest,
    cwd: ROOT,
    env: { INIT_CWD: options.cwd ?? ROOT, NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a task to its end. */
export async function runTask(
  name: string,
  args: string[],
  options: TaskOptions = {},
): Promise<Ended> {
  return await ended(spawnTask(name, args, options));
}

/** Waits for a task that was spawned. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Only a task that hangs is waited for so long, however busy the machine is. */
const LONGEST_WAIT_MS = 120_000;

/** Ends a task that a failed test would leave behind. */
export function killable(child: Deno.ChildProcess): Disposable {
  return {
    [Symbol.dispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // it has ended
      }
    },
  };
}

/** Waits until the newest run of a database is so far that `isSo` holds of its rows. */
export async function runIs(
  path: string,
  isSo: (database: ProfileDatabase) => boolean,
): Promise<void> {
  const untilMs = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < untilMs) {
    try {
      using database = ProfileDatabase.open(path, { readOnly: true });
      if (isSo(database)) return;
    } catch {
      // not made yet
    }
    await pause(50);
  }
  assert.fail("The run did not come so far");
}

/** Waits until the newest run of a database is being measured: it has tokens. */
export function measuring(path: string, tokens = 1): Promise<void> {
  return runIs(path, (database) => database.getTokens("last").length >= tokens);
}

/** Waits until a task has had so much processor time that it is at its work, and hears Ctrl-C. */
export async function hasWorked(child: Deno.ChildProcess, ms: number): Promise<void> {
  if (Deno.build.os !== "linux") return await pause(1500 + ms);
  const untilMs = performance.now() + LONGEST_WAIT_MS;
  while (workedMs(child.pid) < ms) {
    if (performance.now() > untilMs) assert.fail(`It did not come to ${ms} ms of work`);
    await pause(20);
  }
}

/** User time of a process on Linux, whose ticks are of 10 ms (proc_pid_stat(5), field 14). */
function workedMs(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return 10 * Number(fields[11]);
}

/** Flags of a run that takes about two seconds. */
export const SHORT = [
  "--max-new-tokens",
  "8",
  "--baseline-seconds",
  "0.5",
  "--min-seconds",
  "0.6",
  "--warmup",
  "0",
];
