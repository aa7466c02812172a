/**
 * One clock for all threads: milliseconds since the Unix epoch, monotonic, with microsecond steps.
 *
 * A Worker's `performance.now()` starts at its own birth, but `timeOrigin` moves with it: their sum
 * agrees between threads to 2 µs (measured; shared notes on Deno, section 5).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nowMs } from "@tokenwatt/tokenwatt";
 *
 * const before = nowMs();
 * assert(nowMs() >= before);
 * ```
 */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * How far the system's clock, by which other programs stamp what they write, is ahead of `nowMs()`,
 * in ms. The two part where the system's clock is set or slewed, and on a Mac while it sleeps: in a
 * notebook that was opened yesterday, by hours.
 */
export function wallAheadMs(): number {
  let best = { tookMs: Infinity, aheadMs: 0 };
  // Two clocks cannot be read at once, but one of three times nothing comes between.
  for (let i = 0; i < 3; i++) {
    const beforeMs = nowMs();
    const wallMs = Number(Temporal.Now.instant().epochNanoseconds) / 1e6;
    const afterMs = nowMs();
    const tookMs = afterMs - beforeMs;
    if (tookMs < best.tookMs) best = { tookMs, aheadMs: wallMs - (beforeMs + afterMs) / 2 };
  }
  return best.aheadMs;
}

/** Waits, but no longer than until `signal` aborts. Never rejects. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  const timer = setTimeout(onAbort, Math.max(0, durationMs));
  signal?.addEventListener("abort", onAbort);
  return promise.finally(() => {
    clearTimeout(timer);
    // A sampler pauses for hours on one signal, and each listener more makes adding one slower.
    signal?.removeEventListener("abort", onAbort);
  });
}
