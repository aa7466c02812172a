import { type Cadence, drawCadence, type RigSession } from "./cadences.ts";
import { type ChipShape, RIG_RAILS, type RigRail } from "./chips.ts";
import type { SeededRandom } from "./random.ts";

/** All in which one run of the rig differs from an ideal meter. */
export interface RigTraits {
  /** How long its records take. */
  cadence: Cadence;
  /** What the time stamps mark. Not documented, so both are played. */
  stamps: "start" | "end";
  /** How long after the boundary the wall clock is read, in ms. */
  stampDelayMs: number;
  /** How much slower the clock behind `elapsed_ns` runs than ours, in millionths. */
  ratePpm: number;
  /** How much faster the wall clock, which the stamps show, runs than ours, in millionths. */
  wallPpm: number;
  /** Time after each record that none covers, in ms; each differs by a tenth. */
  gapMs: number;
  /** How long after a record's boundary each rail's counter is read, in ms. */
  latchMs: Readonly<Record<RigRail, number>>;
  /** By how much each reading may differ from that, in ms. */
  latchJitterMs: number;
  /** How late the records come: at least, usually at most, and how long a jam holds all up. */
  lateness: { leastMs: number; mostMs: number; jamShare: number; jamMs: number };
  /** A rail whose counter moves only every so often (macOS 27). */
  batched: { rail: RigRail; everyMs: number } | null;
  /** A rail that repeats one value, or 0, from a record on. */
  stuck: { rail: RigRail; fromRecord: number; at: "last" | "zero" } | null;
  /** After how many records it dies, and whether in the middle of writing one. */
  death: { afterRecords: number; halfWay: boolean } | null;
  /** Whether it complains on stderr. */
  complains: boolean;
}

/** What must not be left to chance. */
export type RigOverrides = Partial<RigTraits> & { session?: RigSession };

/**
 * Draws a run's traits: everything that is not known of a real meter, over the range that is
 * recorded or can be feared. What breaks a run (batches, stuck rails, death) only on demand.
 */
export function drawTraits(
  chip: Pick<ChipShape, "workMs">,
  intervalMs: number,
  random: SeededRandom,
  { session = "shell", ...fixed }: RigOverrides = {},
): RigTraits {
  const leastMs = random.between(0.3, 6);
  return {
    cadence: drawCadence(chip, session, intervalMs, random),
    stamps: random.pick(["start", "end"]),
    stampDelayMs: random.between(0, 0.05),
    ratePpm: random.between(-50, 50),
    wallPpm: random.between(-20, 20),
    gapMs: random.chance(0.1) ? random.between(0, 1) : 0,
    latchMs: drawLatch(random),
    latchJitterMs: random.between(0, 3),
    lateness: {
      leastMs,
      mostMs: leastMs + random.between(0.5, 20),
      jamShare: random.between(0, 0.02),
      jamMs: random.between(50, 600),
    },
    batched: null,
    stuck: null,
    death: null,
    complains: random.chance(0.3),
    ...fixed,
  };
}

// The prior of design 5.3; up to 36.5 ms were seen elsewhere (shared notes on measurement).
const LATCH_MS = [-5, 40] as const;

/** One delay for a run, a little another for each rail: they are read one after the other. */
function drawLatch(random: SeededRandom): Record<RigRail, number> {
  const common = random.between(...LATCH_MS);
  const [cpu, gpu, ane] = RIG_RAILS.map(() =>
    Math.min(LATCH_MS[1], Math.max(LATCH_MS[0], common + random.between(-4, 4)))
  ) as [number, number, number];
  return { cpu, gpu, ane };
}
