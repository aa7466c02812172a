import { nowMs } from "../clock.ts";

/** What an experiment tells while it runs. */
export interface ExperimentProgress {
  /** Processes that are done, those of an earlier session included. */
  done: number;
  /** All of them. */
  total: number;
  /** How much is done, 0 to 1. */
  fraction: number;
  /** Seconds that are left; `null` until one process has shown how long they take. */
  secondsLeft: number | null;
  /** What is going on: `int4, process 2 of 6: measure`. */
  doing: string;
}

/** Says how far an experiment is, by how long its processes took so far. */
export class Progress {
  readonly #total: number;
  readonly #tell: (progress: ExperimentProgress) => void;
  readonly #startMs = nowMs();
  #done = 0;
  #found = 0;
  #part = 0;

  /** `total` processes are told to `tell`. */
  constructor(total: number, tell: (progress: ExperimentProgress) => void = () => {}) {
    this.#total = total;
    this.#tell = tell;
  }

  /** A process has ended; one that was `found` took no time now. */
  end(found = false): void {
    this.#done++;
    if (found) this.#found++;
    this.#part = 0;
  }

  /** Tells what is going on; `part` is how much of the process is done, 0 to 1. */
  say(doing: string, part: number = this.#part): void {
    this.#part = part;
    const worked = this.#done - this.#found + part;
    const left = this.#total - this.#done - part;
    const secondsLeft = worked > 0.2 ? (nowMs() - this.#startMs) / 1000 / worked * left : null;
    this.#tell({
      done: this.#done,
      total: this.#total,
      fraction: (this.#done + part) / this.#total,
      secondsLeft,
      doing,
    });
  }
}
