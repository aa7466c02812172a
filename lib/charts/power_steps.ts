/**
 * Power samples as the steps that a timeline draws.
 *
 * @module
 */
import { type PowerSample, type Rail, RAILS } from "../record.ts";

/** Mean power over a stretch of time; a rail that is absent was not measured. */
export interface PowerStep {
  startMs: number;
  endMs: number;
  powerMw: ReadonlyMap<Rail, number>;
  /** How many power records it is the mean of. */
  records: number;
}

/** Where steps touch, as far as an eye can see, they are one stretch; elsewhere time is missing. */
export interface Stretch {
  startMs: number;
  endMs: number;
  steps: PowerStep[];
}

interface Pile {
  startMs: number;
  endMs: number;
  coveredMs: number;
  energyMj: Map<Rail, number>;
  records: number;
}

/** Cuts the samples to a window; where they are finer than `minStepMs`, neighbours are averaged, so that no energy is lost. */
export function powerStretches(
  samples: readonly PowerSample[],
  window: { startMs: number; endMs: number; minStepMs: number },
): Stretch[] {
  const stretches: Stretch[] = [];
  let pile: Pile | undefined;
  const flush = () => {
    if (pile === undefined) return;
    const { startMs, endMs, coveredMs, records } = pile;
    const powerMw = new Map([...pile.energyMj].map(([rail, mj]) => [rail, mj / coveredMs * 1e3]));
    const last = stretches.at(-1);
    if (last !== undefined && startMs - last.endMs < window.minStepMs) {
      last.endMs = endMs;
      last.steps.push({ startMs, endMs, powerMw, records });
    } else {
      stretches.push({ startMs, endMs, steps: [{ startMs, endMs, powerMw, records }] });
    }
    pile = undefined;
  };
  for (const sample of cut(samples, window)) {
    const touches = pile !== undefined && sample.startMs - pile.endMs < window.minStepMs;
    const sameRails = pile !== undefined && railKey(pile.energyMj) === railKey(measured(sample));
    if (!touches || !sameRails) flush();
    pile ??= { ...sample, endMs: sample.startMs, coveredMs: 0, energyMj: new Map(), records: 0 };
    pile.endMs = sample.endMs;
    pile.coveredMs += sample.endMs - sample.startMs;
    pile.records++;
    for (const [rail, mj] of measured(sample)) {
      pile.energyMj.set(rail, (pile.energyMj.get(rail) ?? 0) + mj);
    }
    if (pile.coveredMs >= window.minStepMs) flush();
  }
  flush();
  return stretches;
}

/** The samples inside a window, in order; the share of a cut one is by time, as its mean power is all that is known. */
function cut(
  samples: readonly PowerSample[],
  window: { startMs: number; endMs: number },
): PowerSample[] {
  const inside: PowerSample[] = [];
  for (const sample of samples) {
    const startMs = Math.max(sample.startMs, window.startMs);
    const endMs = Math.min(sample.endMs, window.endMs);
    if (!(endMs > startMs)) continue;
    const share = (endMs - startMs) / (sample.endMs - sample.startMs);
    const energyMj = Object.fromEntries(
      [...measured(sample)].map(([rail, mj]) => [rail, mj * share]),
    );
    inside.push({ startMs, endMs, energyMj });
  }
  return inside.sort((a, b) => a.startMs - b.startMs);
}

/** The rails of a sample that have a number. */
export function measured(sample: PowerSample): Map<Rail, number> {
  const rails = new Map<Rail, number>();
  for (const rail of RAILS) {
    const mj = sample.energyMj[rail];
    if (mj !== null && mj !== undefined && Number.isFinite(mj)) rails.set(rail, mj);
  }
  return rails;
}

function railKey(rails: ReadonlyMap<Rail, number>): string {
  return [...rails.keys()].join();
}

/** The sum over `rails`; `null` where one of them was not measured, as a part is not the total. */
export function totalMw(step: PowerStep, rails: readonly Rail[]): number | null {
  if (rails.length === 0) return null;
  let sum = 0;
  for (const rail of rails) {
    const powerMw = step.powerMw.get(rail);
    if (powerMw === undefined) return null;
    sum += powerMw;
  }
  return sum;
}

/** A corner of a stacked area. `NaN` ends a stretch. */
export interface Corner {
  ms: number;
  lowMw: number;
  highMw: number;
}

/** The outline of one rail on top of the rails `below`: two corners a step, so that no power is interpolated. */
export function railOutline(
  stretches: readonly Stretch[],
  rail: Rail,
  below: readonly Rail[],
): Corner[] {
  const corners: Corner[] = [];
  const stop = (ms: number) => corners.push({ ms, lowMw: NaN, highMw: NaN });
  for (const { steps, endMs } of stretches) {
    for (const { startMs, endMs, powerMw } of steps) {
      const ownMw = powerMw.get(rail);
      if (ownMw === undefined) {
        stop(startMs);
        continue;
      }
      const lowMw = below.reduce((sum, other) => sum + (powerMw.get(other) ?? 0), 0);
      const highMw = lowMw + ownMw;
      corners.push({ ms: startMs, lowMw, highMw }, { ms: endMs, lowMw, highMw });
    }
    stop(endMs);
  }
  return corners;
}

/** Mean power of each measured rail over a window; `null` where it has no number there. */
export function meanPower(
  samples: readonly PowerSample[],
  window: { startMs: number; endMs: number },
  rail: Rail,
): number | null {
  let energyMj = 0;
  let durationMs = 0;
  for (const sample of cut(samples, window)) {
    const mj = sample.energyMj[rail];
    if (mj === null || mj === undefined) continue;
    energyMj += mj;
    durationMs += sample.endMs - sample.startMs;
  }
  return durationMs === 0 ? null : energyMj / durationMs * 1e3;
}
