import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";
import { LastWords } from "./last_words.ts";
import type { StreamLoss } from "./source.ts";

/** A line, and when its end arrived, in epoch ms. */
export interface Line {
  text: string;
  arrivalMs: number;
}

const LONGEST_LINE_BYTES = 1024 * 1024;
/** A program of this user that writes a line for each record until it is ended. */
export class LineChild {
  readonly #child: Deno.ChildProcess;
  readonly #lastWords: LastWords;

  /** `remedy` says what to do where the program is missing; then throws `InputError`. */
  constructor(program: string, args: string[], remedy: string) {
    try {
      this.#child = new Deno.Command(program, {
        args,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        // Ctrl-C goes to all of the terminal's foreground group; its last lines are still to be read.
        detached: true,
      }).spawn();
    } catch (error) {
      throw explainSpawnError(program, remedy, error);
    }
    this.#lastWords = new LastWords(this.#child.stderr);
  }

  /**
   * Its lines, until it ends; after `signal` aborts for as long as the caller asks for more, but at
   * most `graceMs` and half a second. Then it is ended.
   */
  async *lines(
    signal: AbortSignal,
    graceMs: number,
  ): AsyncGenerator<Line | { loss: StreamLoss }> {
    const reader = this.#child.stdout.getReader();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const onAbort = () => limit = setTimeout(() => reader.cancel(), graceMs + 500);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const decoder = new TextDecoder();
    let pending = "";
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const arrivalMs = nowMs();
        const pieces = (pending + decoder.decode(value, { stream: true })).split("\n");
        pending = pieces.pop() ?? "";
        for (const text of pieces) if (text.trim() !== "") yield { text, arrivalMs };
        if (pending.length > LONGEST_LINE_BYTES) {
          yield { loss: { bytes: pending.length, reason: "no end of a line within 1 MB" } };
          pending = "";
        }
      }
      if (pending.trim() !== "") {
        yield { loss: { bytes: pending.length, reason: "the last line was cut off" } };
      }
    } finally {
      clearTimeout(limit);
      signal.removeEventListener("abort", onAbort);
      await reader.cancel();
      this.#end();
    }
  }

  /** How it ended. */
  async ending(): Promise<{ code: number; lastWords: string }> {
    const { code } = await this.#child.status;
    return { code, lastWords: await this.#lastWords.heard() };
  }

  #end(): void {
    try {
      // It holds nothing that it would have to put in order.
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function explainSpawnError(program: string, remedy: string, cause: unknown): InputError {
  if (cause instanceof Deno.errors.NotFound) {
    return new InputError(`Cannot start ${program}: it is not on the PATH`, { remedy, cause });
  }
  if (cause instanceof Deno.errors.NotCapable || cause instanceof Deno.errors.PermissionDenied) {
    return new InputError(`Cannot start ${program}: no permission to run it`, {
      remedy: `allow it with --allow-run=${program}`,
      cause,
    });
  }
  const found = cause instanceof Error ? cause.message : String(cause);
  return new InputError(`Cannot start ${program}: ${found}`, { remedy, cause });
}
