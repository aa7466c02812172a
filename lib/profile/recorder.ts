import type { RepeatedBlock } from "../energy/mod.ts";
import type { PowerMonitor } from "../power/mod.ts";
import type {
  PowerSample,
  RawPowerBatch,
  RunHeader,
  RunOutcome,
  RunSink,
  StoredSection,
} from "../record.ts";
import { type Inside, writeInside } from "./inside/mod.ts";
import type { InsideTimes } from "./layers/mod.ts";
import type { Batch } from "./messages.ts";

/** A batch is at most this old when it is written: what a killed process can lose. */
const FLUSH_MS = 500;

/** Writes a run into its sink while it happens. Without a sink it only names the run. */
export class RunRecorder implements Disposable {
  /** The run's id in its database. */
  readonly runId: string;
  #tokens: Batch["tokens"] = [];
  #sections: StoredSection[] = [];
  #takenUntilMs = -Infinity;
  /** What is to be written, in order: what a full disk refused stays here until there is room. */
  readonly #unwritten: ((sink: RunSink) => void)[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #failure: unknown = null;
  #firstRaw: RawPowerBatch | null = null;
  /** Raw records, where they are looked into when the run has ended; else they are let go. */
  readonly raw: RawPowerBatch[] = [];
  #peakMemoryBytes = 0;

  /** Writes the run's row. */
  constructor(
    readonly sink: RunSink | null,
    header: RunHeader,
    readonly monitor: PowerMonitor,
    readonly keepsRaw = false,
  ) {
    this.runId = sink?.createRun(header) ?? `unsaved-${crypto.randomUUID().slice(0, 8)}`;
    this.#timer = setInterval(() => {
      try {
        this.flush();
        this.#failure = null;
      } catch (error) {
        // Thrown where the run can end in order, at the next check, unless it is over by then.
        this.#failure = error;
      }
    }, FLUSH_MS);
  }

  /** Takes what the model's thread sent; it is written with the next flush. */
  add(batch: Batch): void {
    this.#tokens.push(...batch.tokens);
    this.#sections.push(...batch.sections);
  }

  /** Takes sections that belong to no repetition. */
  addSections(sections: readonly StoredSection[]): void {
    this.#sections.push(...sections);
  }

  /** Takes blocks of repeated steps, as sections: "step 3 ×25 forward", "steps 4-9 ×5 backward". */
  addSteps(blocks: readonly RepeatedBlock[]): void {
    for (const { firstIndex, lastIndex, cycles, sweep, startMs, endMs } of blocks) {
      const steps = firstIndex === lastIndex
        ? `step ${firstIndex}`
        : `steps ${firstIndex}-${lastIndex}`;
      this.#sections.push({
        repetition: null,
        phase: firstIndex === 0 ? "prefill" : "decode",
        name: `${steps} ×${cycles} ${sweep === 0 ? "forward" : "backward"}`,
        startMs,
        endMs,
      });
    }
  }

  /** Throws what a flush in the background ran into: a full disk, a database that is gone. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Writes all that is new, and what could not be written before. */
  flush(): void {
    const { sink, runId } = this;
    const samples = this.#newSamples();
    const raw = this.monitor.takeRaw();
    this.#firstRaw ??= raw;
    if (raw && this.keepsRaw) this.raw.push(raw);
    this.#peakMemoryBytes = this.peakMemoryBytes;
    const tokens = this.#tokens;
    const sections = this.#sections;
    this.#tokens = [];
    this.#sections = [];
    if (!sink) return;
    const writes = this.#unwritten;
    if (samples.length > 0) writes.push((sink) => sink.addPowerSamples(runId, samples));
    if (raw) writes.push((sink) => sink.addRawPower(runId, raw));
    if (tokens.length > 0) writes.push((sink) => sink.addTokens(runId, tokens));
    if (sections.length > 0) writes.push((sink) => sink.addPipelineSection(runId, sections));
    for (; writes[0]; writes.shift()) writes[0](sink);
  }

  /** The first raw records; `null` before there are any. */
  get firstRaw(): RawPowerBatch | null {
    return this.#firstRaw;
  }

  /** The largest resident size of the process, now and at every flush, in bytes. */
  get peakMemoryBytes(): number {
    return this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, Deno.memoryUsage().rss);
  }

  /** Writes what is inside the first repetition's tokens. */
  async writeInside(inside: Inside, times: InsideTimes): Promise<void> {
    this.flush();
    if (this.sink) await writeInside(this.sink, this.runId, inside, times);
  }

  /** Writes what is left and how the run ended. */
  finish(outcome: RunOutcome): void {
    clearInterval(this.#timer);
    try {
      this.flush();
    } catch (error) {
      // Where rows do not fit, the word that the run has failed still may.
      if (outcome.status !== "failed") throw error;
    }
    this.sink?.finishRun(this.runId, outcome);
  }

  /** Stops writing. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #newSamples(): PowerSample[] {
    // Alignment moves all samples a little with each record, so "new" is by half an interval.
    const fresh = this.monitor.samples(this.#takenUntilMs).filter(({ startMs, endMs }) =>
      (startMs + endMs) / 2 > this.#takenUntilMs
    );
    this.#takenUntilMs = fresh.at(-1)?.endMs ?? this.#takenUntilMs;
    return fresh;
  }
}
