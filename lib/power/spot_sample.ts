import type { RawPowerBatch } from "../record.ts";

// Reading a record in full takes some 10 ms: up to 130 of them, a second or so after the run.
const MOST_BATCHES = 16;

/** Evenly spread batches of a stream of unknown length: each time it is full, every second one goes. */
export class SpotSample {
  #batches: RawPowerBatch[] = [];
  #stride = 1;
  #count = 0;

  /** What was kept. */
  get batches(): readonly RawPowerBatch[] {
    return this.#batches;
  }

  /** Takes note of the next batch. */
  add(batch: RawPowerBatch): void {
    if (this.#count++ % this.#stride !== 0) return;
    this.#batches.push(batch);
    if (this.#batches.length <= MOST_BATCHES) return;
    this.#batches = this.#batches.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }
}
