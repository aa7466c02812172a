import { nowMs } from "../../clock.ts";
import { InputError } from "../../errors.ts";
import { type CpuTimes, readCpuTimes } from "../../power/mod.ts";
import type { MeasuredWindow, WindowSpan } from "./measured_window.ts";

/** How a window ended. */
export interface EndOptions {
  /** How often the same was done in it; default 1. */
  calls?: number;
  /** Whether it was stopped before it was done; default `false`. */
  interrupted?: boolean;
}

/** What becomes of a window. */
export interface WindowKeeper {
  /** It has ended. */
  close(window: PowerWindow): void;
  /** What it cost; waits for the records behind it. */
  read(window: PowerWindow): Promise<MeasuredWindow>;
}

/**
 * A stretch of time that is measured, from `power.window(label)` to `end()`.
 *
 * `using` ends it at the end of a block; at the top of a notebook's cell it never does, so write the
 * block, or use `power.measure()`.
 */
export class PowerWindow implements Disposable {
  /** As it was named. */
  readonly label: string;
  /** When it began, on the clock of `nowMs()`. */
  readonly startMs: number;
  readonly #keeper: WindowKeeper;
  readonly #cpuBefore: CpuTimes | null = readCpuTimes();
  #cpuAfter: CpuTimes | null = null;
  #span: WindowSpan | null = null;
  #isDropped = false;

  /** As `PowerSession.window()` makes it. */
  constructor(label: string, keeper: WindowKeeper) {
    this.label = label;
    this.#keeper = keeper;
    this.startMs = nowMs();
  }

  /** Ends it. Called again, and on a window that was begun anew, it does nothing. */
  end({ calls = 1, interrupted = false }: EndOptions = {}): void {
    if (this.#span !== null || this.#isDropped) return;
    const endMs = nowMs();
    if (!Number.isInteger(calls) || calls < 1) {
      throw new InputError(`Cannot end the window "${this.label}" with ${calls} calls`, {
        remedy: "pass an integer above 0",
      });
    }
    this.#span = { label: this.label, startMs: this.startMs, endMs, calls, interrupted };
    this.#cpuAfter = readCpuTimes();
    this.#keeper.close(this);
  }

  /**
   * Ends it and says what it cost, after the two power records that must follow.
   *
   * @throws {InputError} if a window of the same label was begun since
   */
  async measured(): Promise<MeasuredWindow> {
    this.end();
    if (this.#isDropped) {
      throw new InputError(`Cannot read the window "${this.label}": it was begun anew`, {
        remedy: "keep what the latest power.window() returned",
      });
    }
    return await this.#keeper.read(this);
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.end();
  }

  /** Forgets it: what it held was not what it was meant to hold. */
  drop(): void {
    this.#isDropped = true;
  }

  /** When it began and ended; `null` while it goes on. */
  get span(): Pick<MeasuredWindow, "label" | "startMs" | "endMs" | "calls" | "interrupted"> | null {
    return this.#span;
  }

  /** CPU times at its ends, which tell what else ran. */
  get cpuTimes(): readonly [CpuTimes | null, CpuTimes | null] {
    return [this.#cpuBefore, this.#cpuAfter];
  }
}
