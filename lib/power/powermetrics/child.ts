import { LastWords } from "../last_words.ts";
import type { SamplingIntervalMs } from "../source.ts";
import { powermetricsCommand, type PowermetricsSamplers } from "./command.ts";
import { explainSpawnError } from "./failure.ts";

/** How powermetrics is started. */
export interface Start {
  samplers: PowermetricsSamplers;
  /**
   * Gives the child a session of its own (setsid), so that Ctrl-C in the terminal, which goes to the
   * whole foreground group, does not end it before its last records are read. A NOPASSWD rule holds
   * there; a ticket from an earlier `sudo -v` does not, as it belongs to the terminal.
   */
  detached: boolean;
}

/**
 * A running `sudo -n /usr/bin/powermetrics …`. It is ended by closing its pipe, never by a signal:
 * a process that is not root cannot signal one that is.
 */
export class PowermetricsChild {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  readonly #lastWords: LastWords;

  /** Throws `InputError` where sudo cannot be started. */
  constructor(intervalMs: SamplingIntervalMs, { samplers, detached }: Start) {
    try {
      this.#child = new Deno.Command("sudo", {
        args: ["-n", ...powermetricsCommand(intervalMs, samplers)],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        detached,
      }).spawn();
    } catch (error) {
      throw explainSpawnError(error);
    }
    this.#output = this.#child.stdout.getReader();
    this.#lastWords = new LastWords(this.#child.stderr);
  }

  /** What it writes, until it ends or `closePipe` is called. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { value, done } = await this.#output.read();
      if (done) return;
      yield value;
    }
  }

  /** Makes powermetrics end at its next write, with SIGPIPE. */
  async closePipe(): Promise<void> {
    await this.#output.cancel();
  }

  /** How it ended. */
  async ending(): Promise<{ code: number; lastWords: string }> {
    const { code } = await this.#child.status;
    return { code, lastWords: await this.#lastWords.heard() };
  }

  /** Waits for its end, but no longer than `limitMs`: its fixed number of records ends it at the latest. */
  async gone(limitMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => timer = setTimeout(resolve, limitMs));
    await Promise.race([this.#child.status, limit]);
    clearTimeout(timer);
    this.#child.unref();
  }
}
