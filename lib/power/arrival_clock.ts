/**
 * Times records that do not say how long they are: from one to the next, by the source's own stamps
 * where it has exact ones, else by their arrivals.
 */
export class ArrivalClock {
  #arrivalMs: number | null = null;
  #stampMs: number | null = null;
  #lentMs = 0;
  readonly #intervalMs: number;

  /** `intervalMs` is the length of the first record, before which nothing is known. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Length of the record that came at `arrivalMs`, in ms; above 0. */
  elapsedMs(arrivalMs: number, stampMs: number | null = null): number {
    const sinceArrival = this.#arrivalMs === null ? null : arrivalMs - this.#arrivalMs;
    const sinceStamp = this.#stampMs === null || stampMs === null ? null : stampMs - this.#stampMs;
    this.#arrivalMs = arrivalMs;
    this.#stampMs = stampMs;
    if (sinceStamp !== null && sinceStamp > 0 && sinceStamp < this.#farMs(sinceArrival)) {
      return sinceStamp;
    }
    if (sinceArrival === null) return this.#intervalMs;
    // Records that were held up arrive together. What these are given, the next ones give back.
    const elapsedMs = Math.max(sinceArrival - this.#lentMs, this.#intervalMs / 2);
    this.#lentMs += elapsedMs - sinceArrival;
    return elapsedMs;
  }

  /** Stamps are of the wall clock, which may be set: then they jump where arrivals do not. */
  #farMs(sinceArrival: number | null): number {
    return (sinceArrival ?? 0) + 10 * this.#intervalMs;
  }
}
