import { uniforms } from "../../lib/energy/draws.ts";
import type { PowerSample, Span } from "../../lib/record.ts";

/** A stretch of time with a true mean power; its energy is filled in by {@link truthOf}. */
export interface TruePhase {
  name: string;
  durationMs: number;
  powerMw: number;
}

/** How the meter sees what is true. */
export interface Scene {
  seed: number;
  /** What happens before the measured window, in it (by repetition), and after it. */
  before: readonly TruePhase[];
  repetitions: readonly (readonly TruePhase[])[];
  after: readonly TruePhase[];
  /** Mean time between records, in ms. */
  cadenceMs: number;
  /** Relative size and memory of the power's own restlessness; default 5 % over 20 ms. */
  noise?: { relative: number; memoryMs: number };
  clockBoundMs?: number;
  latchMs?: readonly [number, number];
  /** How far each reading of the counters may be off the latch, in ms; default 0. */
  jitterMs?: number;
}

/** A scene played: what a profiler gets to see, and what it should find. */
export interface Truth {
  samples: PowerSample[];
  /** The measured window, cut into repetitions and phases. */
  span: Span;
  /** The lowest and the highest power that was ever drawn, in mW. */
  lowestMw: number;
  highestMw: number;
  /** The true energy between two times, in mJ. */
  energyMj(startMs: number, endMs: number): number;
}

/** Epoch times, as they are in a run: a double then steps by a quarter of a microsecond. */
const ORIGIN_MS = 1.76e12;

/** Plays a scene: one true power for each millisecond, and the records that a meter makes of it. */
export function truthOf(scene: Scene): Truth {
  const random = uniforms(scene.seed);
  const all = [...scene.before, ...scene.repetitions.flat(), ...scene.after];
  const totalMs = all.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const powerMw = powersOf(all, totalMs, scene, random);
  const energyMj = cumulative(powerMw);
  return {
    samples: recordsOf(energyMj, totalMs, scene, random),
    span: spanOf(scene),
    lowestMw: powerMw.reduce((low, mw) => Math.min(low, mw), Infinity),
    highestMw: powerMw.reduce((high, mw) => Math.max(high, mw), 0),
    energyMj: (startMs, endMs) => energyMj(endMs - ORIGIN_MS) - energyMj(startMs - ORIGIN_MS),
  };
}

/** Steps of a tenth of a millisecond, so that short phases keep their length. */
const STEPS_A_MS = 10;

function powersOf(
  phases: readonly TruePhase[],
  totalMs: number,
  { noise = { relative: 0.05, memoryMs: 20 } }: Scene,
  random: () => number,
): Float64Array {
  const powers = new Float64Array(Math.ceil(totalMs * STEPS_A_MS));
  const keep = Math.exp(-1 / (noise.memoryMs * STEPS_A_MS));
  const renew = Math.sqrt(1 - keep * keep);
  let restless = normal(random);
  let at = 0;
  let endMs = 0;
  for (const { durationMs, powerMw } of phases) {
    endMs += durationMs;
    for (; at < Math.round(endMs * STEPS_A_MS); at++) {
      restless = restless * keep + renew * normal(random);
      powers[at] = Math.max(0, powerMw * (1 + noise.relative * restless));
    }
  }
  return powers;
}

function cumulative(powerMw: Float64Array): (timeMs: number) => number {
  const sums = new Float64Array(powerMw.length + 1);
  powerMw.forEach((mw, at) => sums[at + 1] = (sums[at] ?? 0) + mw / STEPS_A_MS / 1000);
  return (timeMs) => {
    const position = Math.min(Math.max(0, timeMs * STEPS_A_MS), powerMw.length);
    const at = Math.floor(position);
    return (sums[at] ?? 0) + (position - at) * (powerMw[at] ?? 0) / STEPS_A_MS / 1000;
  };
}

/** Cadences of 100 to 130 ms vary by some ms; a record counts whole millijoules. */
function recordsOf(
  energyMj: (timeMs: number) => number,
  totalMs: number,
  { cadenceMs, clockBoundMs = 0, latchMs = [0, 0], jitterMs = 0 }: Scene,
  random: () => number,
): PowerSample[] {
  const [lowMs, highMs] = latchMs;
  const shiftMs = clockBoundMs * (2 * random() - 1) + lowMs + (highMs - lowMs) * random();
  const samples: PowerSample[] = [];
  let startMs = cadenceMs * random();
  let startMj = Math.floor(energyMj(startMs));
  while (startMs + 2 * cadenceMs < totalMs) {
    const endMs = startMs + cadenceMs * (1 + 0.06 * (random() - 0.5));
    const endMj = Math.floor(energyMj(endMs + jitterMs * (2 * random() - 1)));
    samples.push({
      startMs: ORIGIN_MS + startMs - shiftMs,
      endMs: ORIGIN_MS + endMs - shiftMs,
      energyMj: { cpu: endMj - startMj },
    });
    startMs = endMs;
    startMj = endMj;
  }
  return samples;
}

function spanOf({ before, repetitions }: Scene): Span {
  let reachedMs = before.reduce((sum, { durationMs }) => sum + durationMs, ORIGIN_MS);
  const startMs = reachedMs;
  const children = repetitions.map((phases, index): Span => {
    const beganMs = reachedMs;
    const parts = phases.map(({ name, durationMs }): Span => ({
      kind: "phase",
      name,
      startMs: reachedMs,
      endMs: reachedMs += durationMs,
      children: [],
    }));
    return {
      kind: "repetition",
      name: `${index}`,
      startMs: beganMs,
      endMs: reachedMs,
      children: parts,
    };
  });
  return { kind: "run", name: "run", startMs, endMs: reachedMs, children };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
