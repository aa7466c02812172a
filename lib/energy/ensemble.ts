import type { Energy, EnergyMethod, Interval, Rail } from "../record.ts";
import { DRAWS, meanOf } from "./draws.ts";
import { quantileOf } from "../sample.ts";
import { type Limits, limitsOfPart, type PowerBounds } from "./limits.ts";
import { isNarrow, RESOLVING_RECORDS } from "./resolved.ts";

/** The energy of one node in every joint draw; what {@link toEnergy} makes an interval of. */
export interface Ensemble {
  /** Of all its parts. */
  durationMs: number;
  /** Whole records that lie inside. */
  support: number;
  /** Seen by records on its own; otherwise a share of a parent that is. */
  standsAlone: boolean;
  /** How it came to stand alone; integrated unless stated. */
  method?: EnergyMethod;
  /** mJ by rail and draw; `null` where a rail was not measured all the time. */
  draws: Map<Rail, Float64Array | null>;
  /** What each rail cannot pass. */
  limits: Map<Rail, Limits>;
  /** The tree's root, rail by rail: parts that lie strewn over it hold what its rest cannot. */
  root: Map<Rail, RailRoot>;
}

/** What is known of one rail over the whole tree. */
export interface RailRoot {
  /** Of the tree's root. */
  durationMs: number;
  /** Whole records that lie in it. */
  support: number;
  /** What it cannot pass. */
  limits: Limits;
  /** The powers that the rail stays between. */
  bounds: PowerBounds;
}

/** How an ensemble is read. */
export interface Reading {
  /** Those that add up to the total. */
  totalRails: readonly Rail[];
  /** Idle power of the total; with it, `net` is filled. */
  idleMw?: number | undefined;
  /** Half the 95 % interval of the idle power, which the net inherits. */
  idleErrorMw?: number | undefined;
  /** For sources that estimate: the relative error of their curve. */
  statedError?: number | null | undefined;
}

/** Adds ensembles draw by draw: the parent of its children, or one phase in all repetitions. */
export function sumOf(parts: readonly Ensemble[]): Ensemble {
  const sum: Ensemble = {
    durationMs: 0,
    support: 0,
    standsAlone: parts.every((part) => part.standsAlone),
    draws: new Map(),
    limits: new Map(),
    root: new Map(parts[0]?.root),
  };
  for (const part of parts) {
    sum.durationMs += part.durationMs;
    sum.support += part.support;
    for (const [rail, draws] of part.draws) addDraws(sum.draws, rail, draws);
    for (const [rail, { lowMj, highMj }] of part.limits) {
      const limits = sum.limits.get(rail) ?? { lowMj: 0, highMj: 0 };
      sum.limits.set(rail, { lowMj: limits.lowMj + lowMj, highMj: limits.highMj + highMj });
    }
  }
  for (const [rail, limits] of sum.limits) {
    const root = sum.root.get(rail);
    if (!root) continue;
    const inRoot = limitsOfPart(sum.durationMs, root.durationMs, root.limits, root.bounds);
    sum.limits.set(rail, both(limits, inRoot));
  }
  return sum;
}

function both(one: Limits, other: Limits): Limits {
  const lowMj = Math.max(one.lowMj, other.lowMj);
  return { lowMj, highMj: Math.max(lowMj, Math.min(one.highMj, other.highMj)) };
}

function addDraws(
  into: Map<Rail, Float64Array | null>,
  rail: Rail,
  draws: Float64Array | null,
): void {
  const sofar = into.get(rail);
  if (sofar === undefined) into.set(rail, draws && draws.slice());
  else if (draws === null) into.set(rail, null);
  else if (sofar !== null) addTo(sofar, draws);
}

function addTo(sum: Float64Array, draws: Float64Array): void {
  for (let draw = 0; draw < sum.length; draw++) sum[draw]! += draws[draw]!;
}

/** The share that a part has of a whole by its time; its limits say what that may hide. */
export function shareOf(whole: Ensemble, partMs: number): Ensemble {
  const part = scaled(whole, whole.durationMs > 0 ? partMs / whole.durationMs : 0);
  // It is the part that is small, not the run that it lies in.
  part.root = whole.root;
  for (const [rail, limits] of whole.limits) {
    const bounds = whole.root.get(rail)?.bounds;
    if (bounds) part.limits.set(rail, limitsOfPart(partMs, whole.durationMs, limits, bounds));
  }
  return { ...part, support: 0, standsAlone: false };
}

/** The same ensemble, every energy and time multiplied: the mean of so many repetitions. */
export function scaled(ensemble: Ensemble, factor: number): Ensemble {
  return {
    ...ensemble,
    durationMs: ensemble.durationMs * factor,
    draws: new Map(
      Array.from(
        ensemble.draws,
        ([rail, draws]) => [rail, draws && draws.map((mj) => mj * factor)],
      ),
    ),
    limits: new Map(
      Array.from(ensemble.limits, ([rail, limits]) => [rail, scaledLimits(limits, factor)]),
    ),
    root: new Map(
      Array.from(ensemble.root, ([rail, { durationMs, support, limits, bounds }]) => [rail, {
        durationMs: durationMs * factor,
        support,
        limits: scaledLimits(limits, factor),
        bounds,
      }]),
    ),
  };
}

function scaledLimits({ lowMj, highMj }: Limits, factor: number): Limits {
  return { lowMj: lowMj * factor, highMj: highMj * factor };
}

/** Turns draws into an energy with its interval, method and resolution. */
export function toEnergy(ensemble: Ensemble, reading: Reading): Energy {
  const total = totalDraws(ensemble, reading.totalRails);
  const limits = totalLimits(ensemble, reading.totalRails);
  const isRest = total !== null && isKnownByTheRest(ensemble, reading, withinLimits(total, limits));
  const isHard = isRest || !ensemble.standsAlone || ensemble.support === 0;
  const error = reading.statedError ?? null;
  const intervalOf = (draws: Float64Array | null, limits: Limits | null): Interval => {
    if (!draws) return { mj: null, lowMj: null, highMj: null };
    const interval = isHard && limits ? withinLimits(draws, limits) : central(draws, limits);
    return error === null ? interval : widened(interval, error);
  };
  const interval = intervalOf(total, limits);
  const measured = isHard && !isRest ? "shared" : ensemble.method ?? "integrated";
  const method = total === null ? null : error === null ? measured : "estimated";
  return {
    ...interval,
    interval: method === null ? null : isHard || method === "estimated" ? "hard" : "ci95",
    method,
    resolved: method !== null && method !== "shared" && method !== "estimated" &&
      (isRest || isResolvedBy(ensemble.support, interval)),
    byRail: Object.fromEntries(Array.from(
      ensemble.draws,
      ([rail, draws]) => [
        rail,
        draws ? intervalOf(draws, ensemble.limits.get(rail) ?? null) : null,
      ],
    )),
    net: netOf(interval, ensemble.durationMs, reading),
  };
}

/**
 * Decode phases that are shorter than a record are never seen whole; but where little lies between
 * them, the run's records less what that little can hold leave no room for doubt.
 */
function isKnownByTheRest(ensemble: Ensemble, reading: Reading, hard: Interval): boolean {
  if (!ensemble.standsAlone || ensemble.support >= RESOLVING_RECORDS) return false;
  const supports = reading.totalRails.map((rail) => ensemble.root.get(rail)?.support ?? 0);
  return isResolvedBy(Math.min(...supports), hard);
}

function totalLimits(ensemble: Ensemble, totalRails: readonly Rail[]): Limits {
  return totalRails.reduce<Limits>((sum, rail) => {
    const limits = ensemble.limits.get(rail) ?? { lowMj: 0, highMj: 0 };
    return { lowMj: sum.lowMj + limits.lowMj, highMj: sum.highMj + limits.highMj };
  }, { lowMj: 0, highMj: 0 });
}

/** Whether the records alone would resolve an energy, whatever the error of the meter's curve. */
export function isSupported(ensemble: Ensemble, totalRails: readonly Rail[]): boolean {
  const total = totalDraws(ensemble, totalRails);
  return total !== null && ensemble.standsAlone &&
    isResolvedBy(ensemble.support, central(total, null));
}

/** The total in every draw, in mJ; `null` where one of its rails was not measured all the time. */
export function totalDraws(ensemble: Ensemble, totalRails: readonly Rail[]): Float64Array | null {
  if (totalRails.length === 0) return null;
  const total = new Float64Array(DRAWS);
  for (const rail of totalRails) {
    const draws = ensemble.draws.get(rail);
    if (!draws) return null;
    addTo(total, draws);
  }
  return total;
}

/** The middle 95 % of the draws, less what cannot be. */
function central(draws: Float64Array, limits: Limits | null): Interval {
  const sorted = draws.toSorted();
  // A mean can leave the middle 95 % of very skewed draws; an interval always holds its mean.
  return withinLimits(draws, {
    lowMj: Math.max(quantileOf(sorted, 0.025), limits?.lowMj ?? -Infinity),
    highMj: Math.min(quantileOf(sorted, 0.975), limits?.highMj ?? Infinity),
  });
}

function withinLimits(draws: Float64Array, { lowMj, highMj }: Limits): Interval {
  const mj = meanOf(draws);
  return { mj, lowMj: Math.min(mj, lowMj), highMj: Math.max(mj, highMj) };
}

/** Widens both ends by the relative error of a curve. */
export function widened({ mj, lowMj, highMj }: Interval, error: number): Interval {
  return {
    mj,
    lowMj: lowMj === null ? null : lowMj - Math.abs(lowMj) * error,
    highMj: highMj === null ? null : highMj + Math.abs(highMj) * error,
  };
}

function isResolvedBy(support: number, interval: Interval): boolean {
  return support >= RESOLVING_RECORDS && isNarrow(interval);
}

/** Gross minus idle power × time; never clamped. */
export function netOf(gross: Interval, durationMs: number, reading: Reading): Interval | null {
  const { idleMw, idleErrorMw = 0 } = reading;
  if (idleMw === undefined || gross.mj === null) return null;
  const idleMj = idleMw * durationMs / 1000;
  const errorMj = idleErrorMw * durationMs / 1000;
  return {
    mj: gross.mj - idleMj,
    lowMj: (gross.lowMj ?? gross.mj) - idleMj - errorMj,
    highMj: (gross.highMj ?? gross.mj) - idleMj + errorMj,
  };
}
