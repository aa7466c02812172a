import { nowMs, pause } from "../../clock.ts";
import type { Phase } from "../../record.ts";
import { RIG_CHIPS, type RigChip } from "./chips.ts";
import { RigMeter, type RigRecord } from "./meter.ts";
import { SeededRandom } from "./random.ts";
import { recordXml } from "./record_xml.ts";
import { PowerSchedule } from "./schedule.ts";
import { drawTraits, type RigOverrides, type RigTraits } from "./traits.ts";

/** Which machine the rig plays, and how. */
export interface RigOptions {
  /** The chip: its cadence, its records and the size of its power. */
  chip: RigChip;
  /** Of all that is drawn at random; 1 unless stated. */
  seed?: number;
  /** What must not be drawn. */
  traits?: RigOverrides;
}

/** Bytes of a pipe: at most so many at a time, and seldom as many as were written. */
const LARGEST_PIECE = 64 * 1024;

/**
 * The rig on the real clock: writes what powermetrics would, when it would. It only waits where the
 * virtual clock jumps; the records are made by the same generator.
 */
export class LiveRig {
  /** In what it differs from an ideal meter. */
  readonly traits: RigTraits;
  /** True power at any time that is past. */
  readonly schedule: PowerSchedule;
  readonly #chip: RigChip;
  readonly #meter: RigMeter;
  readonly #random: SeededRandom;
  #readMs = -Infinity;

  /** Begins to measure a moment later. */
  constructor({ chip, seed = 1, traits }: RigOptions, intervalMs: number) {
    const random = new SeededRandom(seed);
    const originMs = nowMs();
    this.#chip = chip;
    // Bytes do not say how far the clocks are apart; here there is only one.
    const fixed = { wallPpm: 0, ...traits };
    this.traits = drawTraits(RIG_CHIPS[chip], intervalMs, random.fork(), fixed);
    this.schedule = new PowerSchedule(RIG_CHIPS[chip], random.fork(), { originMs });
    const startMs = originMs + random.between(20, 80);
    this.#meter = new RigMeter(chip, this.traits, this.schedule, random.fork(), startMs);
    this.#random = random.fork();
  }

  /** What the machine does from then on. Power that was already read stays as it was. */
  enter(phase: Phase, atMs: number): void {
    this.schedule.enter(phase, Math.max(atMs, this.#readMs));
  }

  /** Writes records until it dies or nobody reads on; `onRecord` is told what was true of each. */
  async *bytes(onRecord: (made: RigRecord) => void = () => {}): AsyncGenerator<Uint8Array> {
    const { death } = this.traits;
    const encoder = new TextEncoder();
    for (let made = 0; death === null || made < death.afterRecords || death.halfWay; made++) {
      await pause(this.#meter.dueMs - nowMs());
      this.#readMs = nowMs();
      const next = this.#meter.next();
      const { elapsedNs, timestampMs, energyMj, gpuActivity } = next.record;
      const xml = recordXml({
        chip: this.#chip,
        elapsedNs,
        timestampMs: timestampMs ?? 0,
        energyMj: { cpu: energyMj.cpu ?? 0, gpu: energyMj.gpu ?? 0, ane: energyMj.ane ?? 0 },
        cpuActivity: next.cpuActivity,
        gpuActivity: gpuActivity ?? 0,
      });
      // A NUL stands before the next record, none after the last.
      const bytes = encoder.encode(made === 0 ? xml : "\0" + xml);
      if (death !== null && made >= death.afterRecords) {
        yield* this.#pieces(bytes.subarray(0, bytes.length / 2));
        return;
      }
      yield* this.#pieces(bytes);
      onRecord(next);
    }
  }

  *#pieces(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(LARGEST_PIECE * this.#random.next());
      yield bytes.subarray(at, at + length);
      at += Math.max(1, length);
    }
  }
}
