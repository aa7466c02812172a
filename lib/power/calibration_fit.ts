import type { PowerSample, Rail } from "../record.ts";

/** A stretch in which the machine worked as hard as it was told to, in epoch ms. */
export interface Pulse {
  /** When the work began. */
  startMs: number;
  /** When it ended. */
  endMs: number;
}

/** How far a rail's counters are read behind the dates of its records, in ms. */
export interface LatchDelay {
  /** What fits best. */
  delayMs: number;
  /** The lower end of its 95 % interval, without the error of the dates themselves. */
  lowMs: number;
  /** The upper end. */
  highMs: number;
}

// Elsewhere up to 36.5 ms were found (notes on measurement); an interval of 100 ms is the most that
// could hide, as a later reading would belong to the next record.
const LEAST_MS = -60;
const MOST_MS = 160;
const STEP_MS = 0.5;
// Of what varies the pulses must explain this much, or the rail did not answer to them.
const LEAST_EXPLAINED = 0.7;
// 95 % point of F(1, n) for n of 20 or more is at most 4.35. Real pulses rise and fall over some
// milliseconds and residuals are not independent: twice the width.
const F_95 = 4.35;
const WIDENING = 2;
const LEAST_HALF_WIDTH_MS = 1;
const EDGE_RANGE_MS = 40;
const EDGE_ROUNDS = 3;
const LEAST_RECORDS = 8;

/**
 * Fits the delay of one rail to a train of pulses: each record holds idle power × its length and
 * pulse power × the time that it shares with pulses, when read `delayMs` after its dates.
 * `null` where the rail did not answer to the pulses.
 */
export function fitLatch(
  samples: readonly PowerSample[],
  rail: Rail,
  pulses: readonly Pulse[],
): LatchDelay | null {
  const first = pulses[0];
  const last = pulses.at(-1);
  if (first === undefined || last === undefined) return null;
  const marginMs = first.endMs - first.startMs;
  const records = samples.flatMap(({ startMs, endMs, energyMj }) => {
    const mj = energyMj[rail] ?? null;
    const isNear = startMs >= first.startMs - marginMs && endMs <= last.endMs + marginMs;
    return mj === null || !isNear ? [] : [{ startMs, endMs, mj }];
  });
  if (records.length < LEAST_RECORDS) return null;

  const flat = misfit(records, [], 0, 0);
  const both = curveOf(null, (delayMs) => misfit(records, pulses, delayMs, delayMs));
  const best = leastOf(both);
  const answers = 1 - best.rest / flat >= LEAST_EXPLAINED;
  const isInside = best.delayMs > LEAST_MS && best.delayMs < MOST_MS;
  if (!answers || !isInside) return null;

  // Power may rise more slowly than it falls, or the other way round: each edge has its own delay,
  // and the meter's lies between them or at the later one.
  let [rise, fall] = [best, best];
  for (let i = 0; i < EDGE_ROUNDS; i++) {
    rise = leastOf(curveOf(best.delayMs, (ms) => misfit(records, pulses, ms, fall.delayMs)));
    fall = leastOf(curveOf(best.delayMs, (ms) => misfit(records, pulses, rise.delayMs, ms)));
  }
  // Whole millijoules leave at least 1/12 mJ² of each record unexplained.
  const noise = Math.max(fall.rest, records.length / 12) / (records.length - 4);
  const within = both.filter(({ rest }) => rest - best.rest <= F_95 * noise);
  const below = best.delayMs - (within[0]?.delayMs ?? best.delayMs);
  const above = (within.at(-1)?.delayMs ?? best.delayMs) - best.delayMs;
  const edges = [best.delayMs, rise.delayMs, fall.delayMs];
  return {
    delayMs: best.delayMs,
    lowMs: Math.min(...edges) - Math.max(LEAST_HALF_WIDTH_MS, WIDENING * below),
    highMs: Math.max(...edges) + Math.max(LEAST_HALF_WIDTH_MS, WIDENING * above),
  };
}

interface Fit {
  delayMs: number;
  rest: number;
}

/** Misfits over all delays, or over those that an edge can have around `nearMs`. */
function curveOf(nearMs: number | null, misfitOf: (delayMs: number) => number): Fit[] {
  const curve: Fit[] = [];
  const [fromMs, toMs] = nearMs === null
    ? [LEAST_MS, MOST_MS]
    : [nearMs - EDGE_RANGE_MS, nearMs + EDGE_RANGE_MS];
  for (let delayMs = fromMs; delayMs <= toMs; delayMs += STEP_MS) {
    curve.push({ delayMs, rest: misfitOf(delayMs) });
  }
  return curve;
}

function leastOf(curve: readonly Fit[]): Fit {
  return curve.reduce((least, one) => one.rest < least.rest ? one : least);
}

interface Dated {
  startMs: number;
  endMs: number;
  mj: number;
}

/** Squares left over by the best idle power and pulse power, where edges are seen so much earlier. */
function misfit(
  records: readonly Dated[],
  pulses: readonly Pulse[],
  riseMs: number,
  fallMs: number,
): number {
  let [aa, ab, bb, ay, by, yy] = [0, 0, 0, 0, 0, 0];
  for (const record of records) {
    const a = record.endMs - record.startMs;
    const b = pulses.reduce((sum, { startMs, endMs }) => {
      const from = Math.max(record.startMs, startMs - riseMs);
      return sum + Math.max(0, Math.min(record.endMs, endMs - fallMs) - from);
    }, 0);
    const y = record.mj;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a * y;
    by += b * y;
    yy += y * y;
  }
  const determinant = aa * bb - ab * ab;
  if (determinant < 1e-9 * aa * aa) return yy - ay * ay / aa;
  const idle = (bb * ay - ab * by) / determinant;
  const busy = (aa * by - ab * ay) / determinant;
  return Math.max(0, yy - idle * ay - busy * by);
}
