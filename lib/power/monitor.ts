import { nowMs } from "../clock.ts";
import { type PlainError, revivedError } from "../errors.ts";
import type { Finding, Phase, PowerSample, RawPowerBatch, SourceInfo } from "../record.ts";
import type { Alignment } from "./align.ts";
import { detectPowerSource, powerStatus } from "./detect.ts";
import type { MonitorNews, MonitorOrder } from "./messages.ts";
import { type MonitorLoss, Recording } from "./recording.ts";
import { type PowerSourceSpec, samplingInterval, type SamplingIntervalMs } from "./source.ts";
import { createSource, sourceSpec } from "./sources.ts";

/** How to sample power. */
export interface PowerMonitorOptions {
  /** The source by name or spec; the best that works here unless stated. */
  source?: PowerSourceSpec | string;
  /** Cadence in ms: 50, 100, 200, 500 or 1000; 100 unless stated. */
  intervalMs?: number;
  /** Called with each new sample, as dated so far; `samples()` dates them better later on. */
  onSamples?: (samples: PowerSample[]) => void;
  /** How long `start()` waits for the first record, in ms; 15 000 unless stated. */
  startLimitMs?: number;
}

const START_LIMIT_MS = 15_000;

/**
 * Samples power on a thread of its own, so that a run that blocks this one for seconds loses nothing.
 *
 * One monitor is one recording: it starts once, and after `stop()` keeps what it has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PowerMonitor } from "@tokenwatt/tokenwatt";
 *
 * await using monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
 * await monitor.start();
 * await monitor.stop();
 * assert(monitor.samples().length > 0 && monitor.info.kind === "estimated");
 * ```
 */
export class PowerMonitor implements AsyncDisposable {
  /** The cadence asked for, in ms. */
  readonly intervalMs: SamplingIntervalMs;
  readonly #options: PowerMonitorOptions;
  readonly #recording: Recording;
  readonly #delivered = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #source: PowerSourceSpec | null = null;
  #info: SourceInfo | null = null;
  #worker: Worker | null = null;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #hasEnded = false;
  #differences: Finding[] = [];

  /** Throws `InputError` for an unknown source or interval; nothing is started yet. */
  constructor(options: PowerMonitorOptions = {}) {
    this.#options = options;
    this.intervalMs = samplingInterval(options.intervalMs ?? 100);
    this.#recording = new Recording(this.intervalMs);
    if (options.source !== undefined) {
      this.#source = sourceSpec(options.source);
      this.#info = createSource(this.#source).info;
    }
    // Only those who wait in start() are told.
    this.#delivered.promise.catch(() => {});
  }

  /** Whether a source that measures, rather than estimates, works on this machine. */
  static async isAvailable(): Promise<boolean> {
    return (await powerStatus()).some(({ works, info }) => works && info.kind === "measured");
  }

  /**
   * Starts sampling; resolves when the first record is there. Called again it waits for the same.
   * Rejects with `InputError` where the source does not work, and `Error` where it was stopped.
   */
  start(): Promise<void> {
    return this.#starting ??= this.#start();
  }

  /** Takes what is in flight and ends the sampler. Safe at any time and any number of times. */
  stop(): Promise<void> {
    if (this.#starting === null) return Promise.resolve();
    return this.#stopping ??= this.#stop();
  }

  /**
   * Says what the machine does from `atMs` on (epoch ms), now unless stated: a simulated source plays
   * the power of that phase. All others measure it, and are not told.
   */
  hint(phase: Phase, atMs: number = nowMs()): void {
    if (this.#info?.kind === "simulated") this.#order({ order: "hint", phase, atMs });
  }

  /** Whether records are coming in. */
  get isRunning(): boolean {
    return this.#recording.records.length > 0 && !this.#hasEnded;
  }

  /** Why the sampler ended although nobody stopped it; `null` where it did not. */
  get died(): string | null {
    return this.#recording.death?.message ?? null;
  }

  /** What the numbers are. Throws `Error` before `start()` where no source was named. */
  get info(): SourceInfo {
    if (this.#info !== null) return this.#info;
    throw new Error("Cannot tell the power source before start() has found it");
  }

  /** What could not be read. */
  get losses(): readonly MonitorLoss[] {
    return this.#recording.losses;
  }

  /**
   * Samples so far, in mJ and epoch ms; with `sinceMs` only those that end after it. After `stop()`
   * they are dated with all that is known; before, the newest follow those that were.
   */
  samples(sinceMs?: number): PowerSample[] {
    return this.#recording.samples(sinceMs);
  }

  /** The newest sample, or `null` where there is none yet. */
  current(): PowerSample | null {
    return this.#recording.current();
  }

  /** How the samples were dated, and how sure that is. */
  alignment(): Alignment {
    return this.#recording.alignment();
  }

  /** What a reader of the samples must know: alignment, self-check, a sampler that died. */
  findings(): Finding[] {
    return [...this.#recording.findings(), ...this.#differences];
  }

  /**
   * The raw records since the last call, `null` where there are none: they come once a second and at
   * the end. `gzip` may hold several members, which `node:zlib` reads and `DecompressionStream` not.
   */
  takeRaw(): RawPowerBatch | null {
    return this.#recording.takeRaw();
  }

  /**
   * Reads some of the raw records in full, after `stop()`, as only a few values were scanned while
   * they came; `findings()` then says where the two differ. Takes a second at most.
   */
  async verify(): Promise<void> {
    const { compareReadings } = await import("./full_reading.ts");
    this.#differences = await compareReadings(this.#recording.spotSample.batches);
  }

  /** Stops. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    if (this.#source === null || this.#info === null) {
      const { source, info } = await detectPowerSource();
      this.#source = source;
      this.#info = info;
    }
    if (this.#stopping !== null) throw stoppedEarly();
    const worker = new Worker(new URL("./monitor_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<MonitorNews>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end({ message: `The power sampler crashed: ${event.message}`, remedy: null });
    };
    this.#order({ order: "start", spec: this.#source, intervalMs: this.intervalMs });

    const limitMs = this.#options.startLimitMs ?? START_LIMIT_MS;
    const limit = setTimeout(() => {
      const remedy = "run `deno task doctor`, or use --power estimate";
      const message = `${this.info.name} delivered no power record within ${limitMs / 1000} s`;
      this.#end({ message: `${message}; ${remedy}`, remedy });
    }, limitMs);
    try {
      await this.#delivered.promise;
    } finally {
      clearTimeout(limit);
    }
  }

  async #stop(): Promise<void> {
    if (this.#worker !== null && !this.#hasEnded) {
      this.#order({ order: "stop" });
      // What the source may take for its last record and its child's end, and a second on top.
      const limit = setTimeout(() => this.#end(null), 4.5 * this.intervalMs + 2000);
      await this.#ended.promise;
      clearTimeout(limit);
    }
    // Whoever waits in start() is told there.
    await this.#starting?.catch(() => {});
  }

  #order(order: MonitorOrder): void {
    this.#worker?.postMessage(order);
  }

  #hear(news: MonitorNews): void {
    switch (news.news) {
      case "spawned":
        this.#recording.spawnMs = news.spawnMs;
        break;
      case "record": {
        this.#recording.addRecord(news.record, news.arrivalMs, news.parseMs);
        this.#delivered.resolve();
        if (this.#options.onSamples === undefined) break;
        const sample = this.current();
        if (sample !== null) this.#options.onSamples([sample]);
        break;
      }
      case "loss":
        this.#recording.addLoss(news.loss);
        break;
      case "raw":
        this.#recording.addRaw(news.batch);
        break;
      case "ended":
        this.#end(news.death);
    }
  }

  #end(death: PlainError | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#recording.isComplete = true;
    this.#worker?.terminate();
    this.#recording.death = death;
    this.#delivered.reject(death === null ? stoppedEarly() : revivedError(death));
    this.#ended.resolve();
  }
}

function stoppedEarly(): Error {
  return new Error("Stopped before the first power record");
}
