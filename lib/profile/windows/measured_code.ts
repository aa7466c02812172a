import type { MeasuredWindow } from "./measured_window.ts";

/** What measured code is told. */
export interface CodeContext {
  /** Aborted by what `MeasureOptions.signal` is aborted by. */
  signal: AbortSignal;
}

/** How code is measured. */
export interface MeasureOptions {
  /** Calls it again and again until so much time is measured; default 0, which is once. */
  minSeconds?: number;
  /** Ends the repetition; what was measured is kept. In a notebook, pass `interruptSignal()`. */
  signal?: AbortSignal;
}

/** What code cost, and what it returned. */
export interface MeasuredCode<T> extends MeasuredWindow {
  /** What the last call returned. */
  value: T;
}
