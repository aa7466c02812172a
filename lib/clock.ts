/**
 * One clock for all threads: milliseconds since the Unix epoch, monotonic, with microsecond steps.
 *
 * A Worker's `performance.now()` starts at its own birth, but `timeOrigin` moves with it: their sum
 * agrees between threads to 2 µs (measured; shared notes on Deno, section 5).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nowMs } from "./clock.ts";
 *
 * const before = nowMs();
 * assert(nowMs() >= before);
 * ```
 */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits, but no longer than until `signal` aborts. Never rejects. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) return Promise.resolve();
  const timer = setTimeout(resolve, Math.max(0, durationMs));
  signal?.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
