import { pause } from "../clock.ts";
import type { Pulse } from "./calibration_fit.ts";

/** What the threads that make pulses are told. */
export const PULSE = { rest: 0, work: 1, quit: 2 } as const;

// Long enough for the thread that works to write down when it stopped.
const SETTLE_MS = 20;

/** Threads that work and rest together, to give a meter something of known times to see. */
export class Pulses implements Disposable {
  readonly #state = new Int32Array(new SharedArrayBuffer(4));
  readonly #timesMs: Float64Array[] = [];
  readonly #workers: Worker[] = [];

  /** Starts `count` threads, at rest. */
  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timesMs = new Float64Array(new SharedArrayBuffer(16));
      const worker = new Worker(new URL("./pulse_worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot make pulses: ${event.message}`));
      };
      worker.postMessage({ state: this.#state.buffer, timesMs: timesMs.buffer });
      this.#timesMs.push(timesMs);
      this.#workers.push(worker);
      return promise;
    }));
  }

  /** Works for `durationMs`; says from when to when that was, as the threads saw it. */
  async make(durationMs: number, signal?: AbortSignal): Promise<Pulse> {
    this.#tell(PULSE.work);
    await pause(durationMs, signal);
    this.#tell(PULSE.rest);
    await pause(SETTLE_MS);
    const mean = (at: number) =>
      this.#timesMs.reduce((sum, times) => sum + times[at]!, 0) / this.#timesMs.length;
    return { startMs: mean(0), endMs: mean(1) };
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    this.#tell(PULSE.quit);
    for (const worker of this.#workers) worker.terminate();
  }

  #tell(state: number): void {
    Atomics.store(this.#state, 0, state);
    Atomics.notify(this.#state, 0);
  }
}
