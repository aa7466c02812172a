import { cpuUsage } from "node:process";
import { nowMs, wallAheadMs } from "../clock.ts";
import type { Finding } from "../record.ts";

/** What the watch reads, in ms. */
export interface Clocks {
  /** The clock that all times are of, which nobody sets. */
  nowMs(): number;
  /** How far the system's clock is ahead of it. */
  wallAheadMs(): number;
  /** CPU time that this process has used, on all threads. */
  cpuMs(): number;
}

const CLOCKS: Clocks = {
  nowMs,
  wallAheadMs,
  cpuMs() {
    const { user, system } = cpuUsage();
    return (user + system) / 1000;
  },
};

const TICK_MS = 100;
// A loaded machine keeps a process waiting for some hundred ms, and clocks are slewed by 50 µs a tick.
const LONG_MS = 1000;
// A thread that is only blocked leaves the model's at work.
const IDLE_SHARE = 0.1;

/**
 * Looks ten times a second whether the process stood still (SIGSTOP, a frozen container, a lid that
 * was closed) and whether the system's clock was set, until it is disposed of. To be used while
 * another thread works: what takes no CPU time at all counts as a pause.
 */
export class PauseWatch implements Disposable {
  readonly #findings: Finding[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #last: { atMs: number; aheadMs: number; cpuMs: number };

  /** Begins to watch. */
  constructor(readonly clocks: Clocks = CLOCKS) {
    this.#last = this.#read();
    this.#timer = setInterval(() => this.look(), TICK_MS);
  }

  /** Compares the clocks with those of the last time. */
  look(): void {
    const last = this.#last;
    const now = this.#last = this.#read();
    const silentMs = now.atMs - last.atMs;
    const place = { startMs: last.atMs, endMs: now.atMs, unit: "ms" };
    if (silentMs > LONG_MS && now.cpuMs - last.cpuMs < IDLE_SHARE * silentMs) {
      this.#findings.push({
        kind: "sleep",
        severity: "warning",
        ...place,
        value: silentMs,
        message: `The process stood still for ${seconds(silentMs)} s; times and energies hold that`,
        remedy: "run again, and neither suspend it nor let the machine sleep",
      });
    }
    const aheadMs = now.aheadMs - last.aheadMs;
    if (aheadMs > LONG_MS) {
      this.#findings.push({
        kind: "sleep",
        severity: "warning",
        ...place,
        value: aheadMs,
        message: `The machine slept for ${
          seconds(aheadMs)
        } s, or its clock was set forward by that`,
        remedy: "keep the machine awake (caffeinate -i, systemd-inhibit) and run again",
      });
    } else if (aheadMs < -LONG_MS) {
      this.#findings.push({
        kind: "clock-step",
        severity: "info",
        ...place,
        value: aheadMs,
        message: `The system's clock was set back by ${seconds(-aheadMs)} s`,
        remedy: "none needed: times are taken from a clock that nobody sets",
      });
    }
  }

  /** What was found so far. */
  findings(): Finding[] {
    this.look();
    return [...this.#findings];
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #read(): { atMs: number; aheadMs: number; cpuMs: number } {
    const { clocks } = this;
    return { atMs: clocks.nowMs(), aheadMs: clocks.wallAheadMs(), cpuMs: clocks.cpuMs() };
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
