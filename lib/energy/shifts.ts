import type { Rail } from "../record.ts";
import { hashOf, mirrored, uniforms } from "./draws.ts";
import { type AttributionOptions, latchOf } from "./options.ts";

/** How far the true boundaries of a rail's records lie behind the dated ones. */
export interface Shifts {
  lowMs: number;
  highMs: number;
  /** Of all that is possible what is nearest to the dates as they are. */
  nominalMs: number;
  /** One possible shift of all of them for each joint draw; that batches end early is not in it. */
  drawsMs: Float64Array;
}

/**
 * Draws the shifts of one rail: the clock's error is common to all rails, the latch its own.
 *
 * @param earlyMs how much before its date a record may end, besides
 */
export function shiftsOf(rail: Rail, options: AttributionOptions, earlyMs = 0): Shifts {
  const { clockBoundMs = 0, seed = 1 } = options;
  const [leastMs, mostMs] = latchOf(rail, options);
  const latchSeed = options.latchSeed ?? seed;
  const clock = mirrored(uniforms(hashOf("clock") ^ seed), "uniform");
  const latch = mirrored(uniforms(hashOf(`latch ${rail}`) ^ latchSeed), "uniform");
  const lowMs = leastMs - earlyMs - clockBoundMs;
  const highMs = mostMs + clockBoundMs;
  return {
    lowMs,
    highMs,
    nominalMs: Math.min(Math.max(0, lowMs), highMs),
    drawsMs: clock.map((unit, draw) =>
      unit * clockBoundMs + (leastMs + mostMs) / 2 + (mostMs - leastMs) / 2 * latch[draw]!
    ),
  };
}
