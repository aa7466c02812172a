import type { ChipShape } from "./chips.ts";
import type { SeededRandom } from "./random.ts";

/** Under what conditions powermetrics runs: the system gives a background job less often its turn. */
export type RigSession = "shell" | "interactive" | "background" | "unattended";

/** How long a record takes, drawn anew for each. */
export interface Cadence {
  /** The least usual length, in ms. */
  leastMs: number;
  /** The greatest usual length, in ms. */
  mostMs: number;
  /** Share of records that take longer than that. */
  lateShare: number;
  /** The longest of them, in ms. */
  latestMs: number;
}

// An M3 Max, asked for 100 ms (shared notes on powermetrics, 4.6): launchd Interactive 126–132, at
// most 144; default launchd 171–178; an unattended night 243–248, p99 278, at most 419.
const SESSIONS: Readonly<Record<Exclude<RigSession, "shell">, [number, number, number]>> = {
  interactive: [26, 32, 44],
  background: [71, 78, 110],
  unattended: [143, 148, 319],
};

/**
 * The lengths of one run's records. powermetrics works, then sleeps the whole interval, so a cycle
 * takes the interval plus the work. Runs differ in how much of the recorded range they use: an even
 * cadence is harder to align, as its records meet the full seconds at ever the same places.
 */
export function drawCadence(
  { workMs }: Pick<ChipShape, "workMs">,
  session: RigSession,
  intervalMs: number,
  random: SeededRandom,
): Cadence {
  const [least, most] = session === "shell" ? workMs : SESSIONS[session];
  const width = (most - least) * random.between(0.25, 1);
  const leastMs = intervalMs + random.between(least, most - width);
  return {
    leastMs,
    mostMs: leastMs + width,
    lateShare: random.between(0, 0.02),
    latestMs: intervalMs + (session === "shell" ? most + 15 : SESSIONS[session][2]),
  };
}

/** The length of one record, in ms. */
export function drawLengthMs(
  { leastMs, mostMs, lateShare, latestMs }: Cadence,
  random: SeededRandom,
): number {
  return random.chance(lateShare)
    ? random.between(mostMs, latestMs)
    : random.between(leastMs, mostMs);
}
