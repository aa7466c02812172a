import { nowMs } from "../clock.ts";
import type { Answer, Batch } from "./messages.ts";

/** How often what happened is sent on. */
const BATCH_MS = 150;

/** What the model's thread tells: what happens token by token is gathered, and sent now and then. */
export class Outbox {
  readonly #post: (message: Answer) => void;
  #pending = nothingYet(null);
  #sentMs = nowMs();

  constructor(post: (message: Answer) => void) {
    this.#post = post;
  }

  /** What is yet to be sent. */
  get pending(): Batch {
    return this.#pending;
  }

  /** Whether nothing was sent for a while. */
  get isDue(): boolean {
    return nowMs() - this.#sentMs > BATCH_MS;
  }

  /** Whether sending can be put off while something goes on that takes so long. */
  canWait(durationMs: number): boolean {
    return !this.isDue && durationMs <= BATCH_MS / 2;
  }

  /** Tells something at once. */
  answer(message: Answer): void {
    this.#post(message);
  }

  /** Tells something that is told again and again. */
  report(message: Answer): void {
    this.#post(message);
    this.#sentMs = nowMs();
  }

  /** Sends what was gathered. */
  send(): void {
    this.report({ type: "batch", ...this.#pending });
    this.#pending = nothingYet(this.#pending.begun);
  }

  /** Tells how far something is, if nothing was told for a while. */
  progress(fraction: number): void {
    if (this.isDue) this.report({ type: "progress", fraction });
  }
}

function nothingYet(begun: Batch["begun"]): Batch {
  return { repetitions: [], tokens: [], sections: [], answers: [], begun };
}
