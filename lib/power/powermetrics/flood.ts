import { InputError } from "../../errors.ts";

// powermetrics waits while its pipe of 64 KB is full, so no more than two records can ever be late.
const RECORDS_AT_ONCE = 100;
const TIMES_CADENCE = 10;
const BYTES_AT_ONCE = 32 * 1024 * 1024;
// Ten times what the longest records, 300 KB with all samplers on, come to at 50 ms.
const BYTES_PER_MS = 60_000;

/**
 * Refuses a sampler that writes without end: it would take the machine that is measured, and all
 * memory. Two leaky buckets, one for records and losses, one for bytes.
 */
export class FloodGate {
  #records = 0;
  #bytes = 0;
  #atMs = -Infinity;

  constructor(readonly intervalMs: number) {}

  /** Throws `InputError` where more came than a sampler can have to say. */
  pass(bytes: number, arrivalMs: number): void {
    const passedMs = Math.max(0, arrivalMs - this.#atMs);
    this.#atMs = arrivalMs;
    this.#records = Math.max(0, this.#records - TIMES_CADENCE * passedMs / this.intervalMs) + 1;
    this.#bytes = Math.max(0, this.#bytes - BYTES_PER_MS * passedMs) + bytes;
    if (this.#records <= RECORDS_AT_ONCE && this.#bytes <= BYTES_AT_ONCE) return;
    throw new InputError(
      `powermetrics floods: more than ${RECORDS_AT_ONCE} records at once, ` +
        `where one in ${this.intervalMs} ms was asked for`,
      { remedy: "start sampling again; what was recorded so far is kept" },
    );
  }
}
