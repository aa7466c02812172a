import type { PowerRecord } from "../source.ts";
import { drawLengthMs } from "./cadences.ts";
import { RIG_CHIPS, RIG_RAILS, type RigChip, type RigRail } from "./chips.ts";
import type { SeededRandom } from "./random.ts";
import type { PowerSchedule } from "./schedule.ts";
import type { RigTraits } from "./traits.ts";

/** A record, when it comes, and where its boundaries truly were. */
export interface RigRecord {
  record: PowerRecord;
  cpuActivity: number;
  arrivalMs: number;
  startMs: number;
  endMs: number;
}

// What lies between readings of two clocks, one after the other.
const CLOCKS_MS = 0.02;

/**
 * Makes the records that powermetrics would have written of a schedule of true power.
 *
 * One generator for two clocks: it says when the next record is due and makes it on demand, so that
 * a virtual clock steps from one to the next, and a real one waits in between.
 */
export class RigMeter {
  readonly #chip: RigChip;
  readonly #traits: RigTraits;
  readonly #schedule: PowerSchedule;
  readonly #random: SeededRandom;
  readonly #originMs: number;
  readonly #counters: Readonly<Record<RigRail, Counter>>;
  #startMs: number;
  #endMs = 0;
  #dueMs = -Infinity;
  #made = 0;
  /** How late the counters are read in this cycle: at its end, and at the next one's start. */
  readonly #delayMs: Record<RigRail, number> = { cpu: 0, gpu: 0, ane: 0 };
  #last: Partial<Record<RigRail, number>> = {};

  constructor(
    chip: RigChip,
    traits: RigTraits,
    schedule: PowerSchedule,
    random: SeededRandom,
    startMs: number,
  ) {
    this.#chip = chip;
    this.#traits = traits;
    this.#schedule = schedule;
    this.#random = random;
    this.#originMs = this.#startMs = startMs;
    const counter = (rail: RigRail) =>
      new Counter(rail, schedule, this.#readMs(rail, startMs), traits.batched);
    this.#counters = { cpu: counter("cpu"), gpu: counter("gpu"), ane: counter("ane") };
    this.#plan();
  }

  /** When the next record comes, in epoch ms; never before all its counters are read. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Makes the record that is due; the schedule must be known up to `dueMs`. */
  next(): RigRecord {
    const { ratePpm, wallPpm, stamps, stampDelayMs, gapMs } = this.#traits;
    const [startMs, endMs, arrivalMs] = [this.#startMs, this.#endMs, this.#dueMs];
    const stampedMs = (stamps === "start" ? startMs : endMs) + stampDelayMs;
    const wallAheadMs = (atMs: number) => (atMs - this.#originMs) * wallPpm * 1e-6;
    const wallMs = stampedMs + wallAheadMs(stampedMs);
    const energyMj = {
      cpu: this.#energyMj("cpu", endMs),
      gpu: this.#energyMj("gpu", endMs),
      ane: this.#energyMj("ane", endMs),
    };
    const cpuActivity = this.#activity("cpu", startMs, endMs);
    const record: PowerRecord = {
      elapsedNs: Math.round((endMs - startMs) / (1 + ratePpm * 1e-6) * 1e6),
      timestampMs: Math.floor(wallMs / 1000) * 1000,
      wallAheadMs: wallAheadMs(arrivalMs) + this.#random.between(-CLOCKS_MS, CLOCKS_MS),
      energyMj,
      thermalPressure: "Nominal",
      gpuActivity: this.#activity("gpu", startMs, endMs),
    };
    this.#made++;
    this.#startMs = endMs;
    if (gapMs > 0) {
      this.#startMs += gapMs * this.#random.between(0.9, 1.1);
      for (const rail of RIG_RAILS) {
        this.#counters[rail].takeMj(this.#startMs + this.#delayMs[rail]);
      }
    }
    this.#plan();
    return { record, cpuActivity, arrivalMs, startMs, endMs };
  }

  #plan(): void {
    const { cadence, lateness, latchMs, latchJitterMs } = this.#traits;
    this.#endMs = this.#startMs + drawLengthMs(cadence, this.#random);
    const readMs = this.#endMs + Math.max(0, ...Object.values(latchMs)) + latchJitterMs;
    const lateMs = this.#random.between(lateness.leastMs, lateness.mostMs);
    const jamMs = this.#random.chance(lateness.jamShare) ? this.#random.next() * lateness.jamMs : 0;
    // What is held up holds up what comes after it: they arrive as a burst.
    this.#dueMs = Math.max(this.#dueMs, readMs + lateMs + jamMs);
  }

  #readMs(rail: RigRail, boundaryMs: number): number {
    const { latchMs, latchJitterMs } = this.#traits;
    const jitterMs = this.#random.between(-latchJitterMs, latchJitterMs);
    this.#delayMs[rail] = latchMs[rail] + jitterMs;
    return boundaryMs + this.#delayMs[rail];
  }

  #energyMj(rail: RigRail, endMs: number): number {
    const energyMj = this.#counters[rail].takeMj(this.#readMs(rail, endMs));
    const { stuck } = this.#traits;
    const isStuck = stuck?.rail === rail && this.#made >= stuck.fromRecord;
    const shownMj = !isStuck ? energyMj : stuck.at === "zero" ? 0 : this.#last[rail] ?? energyMj;
    this.#last[rail] = shownMj;
    return shownMj;
  }

  /** Some share of the time that goes with the power; only whether it is 0 matters much. */
  #activity(rail: "cpu" | "gpu", startMs: number, endMs: number): number {
    const meanMw = this.#schedule.energyMj(rail, startMs, endMs) / (endMs - startMs) * 1000;
    const { cpu, gpu } = RIG_CHIPS[this.#chip].levelsMw.prefill;
    return Math.min(1, Math.max(0.005, meanMw / (1.2 * Math.max(cpu, gpu))));
  }
}

/** A counter of energy, and what was last read from it. */
class Counter {
  readonly #rail: RigRail;
  readonly #schedule: PowerSchedule;
  readonly #everyMs: number | null;
  readonly #firstMs: number;
  #shownMs: number;
  #sumMj = 0;
  #readMj = 0;

  constructor(
    rail: RigRail,
    schedule: PowerSchedule,
    atMs: number,
    batched: RigTraits["batched"],
  ) {
    this.#rail = rail;
    this.#schedule = schedule;
    this.#everyMs = batched?.rail === rail ? batched.everyMs : null;
    this.#firstMs = this.#shownMs = atMs;
  }

  /** Whole millijoules since the last reading. */
  takeMj(atMs: number): number {
    const everyMs = this.#everyMs;
    const shownMs = everyMs === null
      ? atMs
      : this.#firstMs + Math.floor((atMs - this.#firstMs) / everyMs) * everyMs;
    if (shownMs > this.#shownMs) {
      this.#sumMj += this.#schedule.energyMj(this.#rail, this.#shownMs, shownMs);
      this.#shownMs = shownMs;
    }
    // The counter itself counts in whole mJ, so what is left over comes with the next record; the
    // GPU's counts in nJ and is rounded each time (shared notes on powermetrics, 4.7).
    const sumMj = this.#rail === "gpu" ? this.#sumMj : Math.floor(this.#sumMj);
    const energyMj = sumMj - this.#readMj;
    this.#readMj = sumMj;
    return Math.round(energyMj);
  }
}
