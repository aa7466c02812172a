import { nowMs, pause } from "../../clock.ts";
import { InputError } from "../../errors.ts";
import type { SourceInfo } from "../../record.ts";
import type { Window } from "../baseline.ts";
import { tail } from "../measure.ts";
import { afterSeconds } from "../stages.ts";
import { keptWindows } from "./kept_windows.ts";
import type { CodeContext, MeasuredCode, MeasureOptions } from "./measured_code.ts";
import type { MeasuredWindow } from "./measured_window.ts";
import { PowerWindow } from "./power_window.ts";
import { type PowerReport, reportOf, type WindowRemains } from "./report.ts";
import { remainsOf, type SessionParts } from "./session_parts.ts";

/** Repeated code gives the event loop a turn so often: for the stop button, and for the store. */
const TURN_MS = 50;

/** Windows under one name that a report can hold apart; longer ones are texts. */
const LONGEST_LABEL = 200;

/** Power that is sampled from `startPower()` to `stop()`, beside whatever runs. */
export class PowerSession implements AsyncDisposable {
  readonly #parts: SessionParts;
  readonly #open = new Map<string, PowerWindow>();
  readonly #closed: PowerWindow[] = [];
  #stopping: Promise<PowerReport> | null = null;

  /** As `startPower()` makes it. */
  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** As the database names it. */
  get runId(): string {
    return this.#parts.recorder.runId;
  }

  /** What the numbers are. */
  get info(): SourceInfo {
    return this.#parts.monitor.info;
  }

  /** Whether it still samples. */
  get isRunning(): boolean {
    return this.#stopping === null;
  }

  /** The latest power of the rails in the total, in mW; `null` where they are not measured. */
  get powerMw(): number | null {
    const sample = this.#parts.monitor.current();
    if (sample === null) return null;
    const { startMs, endMs, energyMj } = sample;
    const parts = this.info.totalRails.map((rail) => energyMj[rail] ?? null);
    if (parts.length === 0 || parts.includes(null)) return null;
    return parts.reduce<number>((sum, mj) => sum + (mj ?? 0), 0) / (endMs - startMs) * 1000;
  }

  /**
   * Begins a window. Windows of different labels may overlap. One of the same label that is still
   * open, as a cell that crashed leaves it, is forgotten: the new one takes its place.
   *
   * @throws {InputError} if the label is empty or a text, or the session has stopped
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { startPower } from "@tokenwatt/tokenwatt";
   *
   * await using power = await startPower({ source: "estimate", baselineSeconds: 0 });
   * const window = power.window("parse");
   * JSON.parse("[1, 2, 3]");
   * const { energy, verdict } = await window.measured();
   * assert(!energy.resolved && verdict.startsWith("parse: "));
   * ```
   */
  window(label: string): PowerWindow {
    this.#demandRunning(`begin the window "${label}"`);
    if (typeof label !== "string" || label.trim() === "" || label.length > LONGEST_LABEL) {
      throw new InputError("Cannot begin a window without a name", {
        remedy: `pass a label of 1 to ${LONGEST_LABEL} characters`,
      });
    }
    this.#open.get(label)?.drop();
    const window = new PowerWindow(label, {
      close: (closed) => this.#close(closed),
      read: (closed) => this.#readOne(closed),
    });
    this.#open.set(label, window);
    this.#parts.monitor.hint("decode", window.startMs);
    return window;
  }

  /**
   * Runs `code` in a window and says what it cost, after the two power records that must follow.
   *
   * Code that is over within a few records cannot be told from what runs beside it: `minSeconds`
   * repeats it. Where it throws, its window is forgotten, unless it was stopped: then the window is
   * kept in the report as far as it came, marked so.
   *
   * @throws whatever `code` throws
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { startPower } from "@tokenwatt/tokenwatt";
   *
   * await using power = await startPower({ source: "estimate", baselineSeconds: 0 });
   * const numbers = Float64Array.from({ length: 10_000 }, () => Math.random());
   * const sort = await power.measure("sort", () => numbers.toSorted(), { minSeconds: 0.3 });
   * assert(sort.calls > 1 && sort.value.length === 10_000);
   * assert((sort.energy.mj ?? 0) > 0 && sort.energy.method === "estimated");
   * ```
   */
  async measure<T>(
    label: string,
    code: (context: CodeContext) => T | Promise<T>,
    { minSeconds = 0, signal = new AbortController().signal }: MeasureOptions = {},
  ): Promise<MeasuredCode<T>> {
    if (!(minSeconds >= 0 && minSeconds < Infinity)) {
      throw new InputError(`Cannot measure "${label}" for ${minSeconds} s`, {
        remedy: "pass minSeconds of 0 or more",
      });
    }
    signal.throwIfAborted();
    const window = this.window(label);
    const untilMs = window.startMs + minSeconds * 1000;
    let calls = 0;
    try {
      let turnMs = window.startMs;
      while (true) {
        const value = await code({ signal });
        calls++;
        const now = nowMs();
        const isDone = now >= untilMs;
        if (!isDone && now - turnMs >= TURN_MS) {
          await pause(0);
          turnMs = nowMs();
        }
        if (!isDone && !signal.aborted) continue;
        window.end({ calls, interrupted: !isDone });
        return { ...await window.measured(), value };
      }
    } catch (error) {
      if (window.span === null && signal.aborted) {
        window.end({ calls: Math.max(1, calls), interrupted: true });
      } else if (window.span === null) this.#forget(window);
      throw error;
    }
  }

  /** What was measured so far, windows that are still open left out; sampling goes on. */
  async read(): Promise<PowerReport> {
    if (this.#stopping !== null) return await this.#stopping;
    await this.#tail();
    return reportOf(this.#remains("running", null));
  }

  /**
   * Ends sampling and says what was measured, with idle time measured once more. Windows that are
   * still open are left out. Called again it returns the same.
   */
  stop(): Promise<PowerReport> {
    return this.#stopping ??= this.#stop();
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<PowerReport> {
    const { monitor, recorder, baselineSeconds, signal } = this.#parts;
    const wasCut = this.#open.size > 0 || this.#closed.some(({ span }) => span?.interrupted);
    for (const window of this.#open.values()) window.drop();
    this.#open.clear();
    try {
      monitor.hint("idle");
      const startMs = nowMs();
      await pause(afterSeconds(baselineSeconds) * 1000, signal);
      const after = baselineSeconds > 0 ? { startMs, endMs: nowMs() } : null;
      await this.#tail();
      await monitor.stop();
      await monitor.verify();
      recorder.check();
      const remains = this.#remains(wasCut ? "interrupted" : "complete", after);
      const report = reportOf(remains);
      const { windows: _windows, ...result } = report;
      recorder.finish({
        status: wasCut ? "interrupted" : "complete",
        ...(wasCut ? { reason: "a window was stopped" } : {}),
        result,
        evidence: keptWindows(remains),
      });
      return report;
    } catch (error) {
      await monitor.stop();
      const reason = error instanceof Error ? error.message : String(error);
      try {
        recorder.finish({ status: "failed", reason });
      } catch {
        // What ended the session matters more than that it could not be written down.
      }
      throw error;
    }
  }

  #demandRunning(purpose: string): void {
    if (this.isRunning) return;
    throw new InputError(`Cannot ${purpose}: this power session has stopped`, {
      remedy: "call startPower() again",
    });
  }

  #close(window: PowerWindow): void {
    const { monitor, recorder } = this.#parts;
    this.#forget(window);
    this.#closed.push(window);
    const { label: name, startMs } = window;
    const endMs = window.span?.endMs ?? startMs;
    recorder.addSections([{ repetition: null, phase: "pre_inference", name, startMs, endMs }]);
    if (this.#open.size === 0) monitor.hint("idle", endMs);
  }

  #forget(window: PowerWindow): void {
    if (this.#open.get(window.label) === window) this.#open.delete(window.label);
    if (this.#open.size === 0) this.#parts.monitor.hint("idle");
  }

  async #readOne(window: PowerWindow): Promise<MeasuredWindow> {
    const { windows } = await this.read();
    const found = windows.find(({ label, startMs }) =>
      label === window.label && startMs === window.startMs
    );
    if (found === undefined) throw new Error(`The window "${window.label}" is not in its report`);
    return found;
  }

  /** Waits for the records that the last window's edge needs. */
  async #tail(): Promise<void> {
    const { monitor } = this.#parts;
    const lastMs = Math.max(-Infinity, ...this.#closed.map(({ span }) => span?.endMs ?? 0));
    if (lastMs > -Infinity) await tail(monitor, lastMs, monitor.intervalMs);
  }

  #remains(status: WindowRemains["status"], after: Window | null): WindowRemains {
    return remainsOf(this.#parts, this.#closed, status, after);
  }
}
