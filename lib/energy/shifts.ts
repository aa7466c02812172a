import type { Rail } from "../record.ts";
import { hashOf, mirrored, uniforms } from "./draws.ts";

/** How far the counters of a rail are read behind their records' dates: a delay, or its range, in ms. */
export type Latch = number | readonly [lowMs: number, highMs: number];

/** What is known of the clocks. */
export interface Dating {
  /** Half-width of what is not known about the clocks, in ms; default 0. */
  clockBoundMs?: number;
  /** Delay of the counters, for all rails or by rail; default 0. */
  latchMs?: Latch | Partial<Record<Rail, Latch>>;
  /** Of the joint draws; default 1. */
  seed?: number;
}

/** How far the true boundaries of a rail's records lie behind the dated ones. */
export interface Shifts {
  lowMs: number;
  highMs: number;
  /** Of all that is possible what is nearest to the dates as they are. */
  nominalMs: number;
  /** One possible shift for each joint draw. */
  drawsMs: Float64Array;
}

/** Draws the shifts of one rail: the clock's error is common to all rails, the latch its own. */
export function shiftsOf(rail: Rail, { clockBoundMs = 0, latchMs = 0, seed = 1 }: Dating): Shifts {
  const latch = isLatch(latchMs) ? latchMs : latchMs[rail] ?? 0;
  const [leastMs, mostMs] = typeof latch === "number" ? [latch, latch] : latch;
  if (!(clockBoundMs >= 0 && clockBoundMs < Infinity)) {
    throw new RangeError(`Cannot use clockBoundMs ${clockBoundMs}: pass 0 or more`);
  }
  if (!(mostMs >= leastMs && Number.isFinite(mostMs - leastMs))) {
    throw new RangeError(`Cannot use latchMs ${latch} of ${rail}: pass a delay, or [low, high]`);
  }
  const clock = mirrored(uniforms(hashOf("clock") ^ seed), "uniform");
  const delay = mirrored(uniforms(hashOf(`latch ${rail}`) ^ seed), "uniform");
  const lowMs = leastMs - clockBoundMs;
  const highMs = mostMs + clockBoundMs;
  return {
    lowMs,
    highMs,
    nominalMs: Math.min(Math.max(0, lowMs), highMs),
    drawsMs: clock.map((unit, draw) =>
      unit * clockBoundMs + (leastMs + mostMs) / 2 + (mostMs - leastMs) / 2 * (delay[draw] ?? 0)
    ),
  };
}

function isLatch(latchMs: Latch | Partial<Record<Rail, Latch>>): latchMs is Latch {
  return typeof latchMs === "number" || Array.isArray(latchMs);
}
