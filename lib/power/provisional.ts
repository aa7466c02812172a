import type { PowerSample } from "../record.ts";
import type { Alignment } from "./align.ts";
import type { PowerRecord } from "./source.ts";

// A rate fitted to less than a minute of records says nothing.
const LEAST_FOR_RATE = 512;
// A record that is later than the others were by so much came after a pause, or was held up.
const LATE_MS = 1000;
const GROWTH = 1.125;

/**
 * Dates records while they come: the newest follow the last one that was aligned, at its rate. To
 * align all of them anew costs 60 ms for an hour of records, too much twice a second beside what is
 * being measured; it is done each time they are an eighth more.
 */
export class ProvisionalDates {
  #samples: PowerSample[] = [];
  #aligned = 0;
  #ratePpm = 0;
  #latenessMs = 0;

  /** Dates those that came since; `false` where all should be aligned first. */
  extend(records: readonly PowerRecord[], arrivalsMs: readonly number[]): boolean {
    if (records.length > GROWTH * this.#aligned) return false;
    for (let i = this.#samples.length; i < records.length; i++) {
      const { startMs, endMs, elapsedNs, energyMj } = records[i]!;
      if (startMs !== undefined && endMs !== undefined) {
        this.#samples.push({ startMs, endMs, energyMj });
        continue;
      }
      const beginMs = this.#samples[i - 1]!.endMs;
      const finishMs = beginMs + elapsedNs / 1e6 * (1 + this.#ratePpm * 1e-6);
      if (arrivalsMs[i]! - finishMs > this.#latenessMs + LATE_MS) return false;
      this.#samples.push({
        startMs: beginMs,
        endMs: Math.max(beginMs, Math.min(finishMs, arrivalsMs[i]!)),
        energyMj,
      });
    }
    return true;
  }

  /** Goes on from what was aligned. */
  restart({ samples, ratePpm }: Alignment, arrivalsMs: readonly number[]): void {
    this.#samples = samples.slice();
    this.#aligned = samples.length;
    this.#ratePpm = samples.length < LEAST_FOR_RATE ? 0 : ratePpm;
    this.#latenessMs = (arrivalsMs[samples.length - 1] ?? 0) - (samples.at(-1)?.endMs ?? 0);
  }

  /** Forgets the dates, as more is known by now. */
  invalidate(): void {
    this.#aligned = 0;
  }

  /** Those that were dated. */
  get samples(): readonly PowerSample[] {
    return this.#samples;
  }
}
