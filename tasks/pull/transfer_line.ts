import { nowMs } from "../../lib/clock.ts";
import { formatBytes } from "./words.ts";

/** Over so long the speed is taken. */
const WINDOW_MS = 5_000;
/** A terminal need not be drawn more often. */
const DRAW_MS = 100;

/** How far a transfer is, how fast, and how long it will take, as a line beside a bar. */
export class TransferLine {
  readonly #marks: { atMs: number; bytes: number }[] = [];

  /** The line, or `null` where it is too soon to draw another. `atMs` is now. */
  text(doneBytes: number, totalBytes: number, atMs = nowMs()): string | null {
    const last = this.#marks.at(-1);
    if (last !== undefined && atMs - last.atMs < DRAW_MS) return null;
    // A transfer that begins anew has no negative speed.
    if (last !== undefined && doneBytes < last.bytes) this.#marks.length = 0;
    this.#marks.push({ atMs, bytes: doneBytes });
    while (this.#marks.length > 2 && this.#marks[1]!.atMs < atMs - WINDOW_MS) this.#marks.shift();
    const amount = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
    return [amount, ...this.#pace(totalBytes - doneBytes)].join("  ");
  }

  #pace(leftBytes: number): string[] {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!];
    const bytesPerMs = (last.bytes - first.bytes) / (last.atMs - first.atMs);
    if (!Number.isFinite(bytesPerMs) || bytesPerMs <= 0) return [];
    return [`${formatBytes(bytesPerMs * 1000)}/s`, `${clockTime(leftBytes / bytesPerMs)} left`];
  }
}

function clockTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => index === 0 ? `${part}` : `${part}`.padStart(2, "0")).join(":");
}
