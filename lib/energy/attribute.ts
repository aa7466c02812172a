import type { Energy, EnergySpan, PowerSample, Rail, Span } from "../record.ts";
import { mergeBatches } from "./batches.ts";
import { DRAWS } from "./draws.ts";
import {
  type Ensemble,
  type RailRoot,
  type Reading,
  shareOf,
  sumOf,
  toEnergy,
} from "./ensemble.ts";
import { integrate } from "./integrate.ts";
import { BATCH_BURST, hardLimits, type Limits, loosened, powerBounds } from "./limits.ts";
import { type AttributionOptions, checkOptions } from "./options.ts";
import { defaultTotalRails, measuredRails } from "./rails.ts";
import { isCovered, railRecords, wholeRecords } from "./records.ts";
import { shiftsOf } from "./shifts.ts";
import { cutIntoStretches } from "./stretches.ts";
import { tile, type TiledSpan } from "./tree.ts";

/**
 * Deals measured energy to a tree of spans, so that each level adds up to its parent exactly.
 *
 * All that is unknown is drawn jointly, 256 times: where the records lie on the clock, their
 * rounding, and how a record that a boundary cuts is split. In each draw the tree adds up; the
 * energy of a node is the mean of its draws, its interval their 2.5 and 97.5 % points, or hard
 * limits where no whole record lies inside. Weighted children get the share of their parent that
 * their weights say: their time is known, their power is not, so their method is `shared`.
 *
 * @param span times in ms on the clock of the samples
 * @returns the same tree with `energy` at each node, `gap` children for uncovered time, and an
 * `other` child where all weights are 0
 * @throws {RangeError} if children overlap or leave their parent, if timed and weighted ones are
 * mixed, or if a weight is missing or negative
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attributeEnergy } from "@tokenwatt/tokenwatt";
 *
 * const samples = Array.from({ length: 10 }, (_, i) => ({
 *   startMs: i * 100, endMs: (i + 1) * 100, energyMj: { cpu: 500 },
 * }));
 * const phase = (name: string, startMs: number, endMs: number) =>
 *   ({ kind: "phase" as const, name, startMs, endMs, children: [] });
 * const run = attributeEnergy({
 *   kind: "run", name: "run", startMs: 100, endMs: 900,
 *   children: [phase("prefill", 100, 400), phase("decode", 400, 900)],
 * }, samples);
 * assert(run.energy.mj === 4000);
 * assert(run.children[1]?.energy.mj === 2500);
 * ```
 */
export function attributeEnergy(
  span: Span,
  samples: readonly PowerSample[],
  options: AttributionOptions = {},
): EnergySpan {
  checkOptions(options);
  const root = tile(span);
  const totalRails = options.totalRails ?? defaultTotalRails(samples);
  // An unbounded clock tells of no record when it was.
  const rails = options.clockBoundMs === Infinity
    ? []
    : measuredRails(samples).map((rail) => dealRail(root, samples, rail, options));
  return readTree(root, rails, { ...options, totalRails }, options.onNode, []).tree;
}

/** One rail, dealt: what its leaves hold in each draw and how its limits are computed. */
interface DealtRail {
  rail: Rail;
  root: RailRoot;
  seen: ReadonlySet<Span>;
  supportOf: (startMs: number, endMs: number) => number;
  drawsOf: (leaf: TiledSpan) => Float64Array | null;
  limitsOf: (startMs: number, endMs: number) => Limits;
}

function dealRail(
  root: TiledSpan,
  samples: readonly PowerSample[],
  rail: Rail,
  options: AttributionOptions,
): DealtRail {
  const isBatched = options.batchedRails?.includes(rail) ?? false;
  const single = railRecords(samples, rail);
  const { records, earlyMs } = isBatched ? mergeBatches(single) : { records: single, earlyMs: 0 };
  const shifts = shiftsOf(rail, options, earlyMs);
  const { nominalMs } = shifts;
  const cut = cutIntoStretches(root, records, shifts);
  const energyMj = integrate(records, cut, shifts, options.seed ?? 1);
  const indexOf = new Map(cut.leaves.map((leaf, index) => [leaf.span, index]));
  const highestMw = options.highestMw?.[rail];
  const burst = isBatched ? BATCH_BURST : undefined;
  const bounds = powerBounds(records, options.idleMw !== undefined, highestMw, burst);
  const limitsOf = (startMs: number, endMs: number) =>
    loosened(hardLimits(records, startMs, endMs, shifts, bounds), endMs - startMs, earlyMs, bounds);
  const supportOf = (startMs: number, endMs: number) =>
    wholeRecords(records, startMs - nominalMs, endMs - nominalMs);
  const [startMs, endMs] = [root.startMs ?? 0, root.endMs ?? 0];
  return {
    rail,
    root: {
      durationMs: endMs - startMs,
      support: supportOf(startMs, endMs),
      limits: limitsOf(startMs, endMs),
      bounds,
    },
    seen: cut.seen,
    supportOf,
    drawsOf: (leaf) => {
      const index = indexOf.get(leaf);
      const { startMs, endMs } = leaf;
      if (index === undefined || startMs === null || endMs === null) return null;
      const isMeasured = isCovered(records, startMs - nominalMs, endMs - nominalMs);
      return isMeasured ? energyMj.subarray(index * DRAWS, (index + 1) * DRAWS) : null;
    },
    limitsOf,
  };
}

function readTree(
  span: TiledSpan,
  rails: readonly DealtRail[],
  reading: Reading,
  onNode: AttributionOptions["onNode"],
  path: readonly Span[],
): { tree: EnergySpan; ensemble: Ensemble } {
  const timed = span.children.some((child) => child.startMs !== null);
  const pathBelow = [...path, span];
  const children = timed
    ? span.children.map((child) => readTree(child, rails, reading, onNode, pathBelow))
    : [];
  const { startMs, endMs } = span;
  const ensemble = timed
    ? sumOf(children.map((child) => child.ensemble))
    : leafEnsemble(span, rails);
  if (startMs !== null && endMs !== null) {
    const inTotal = rails.filter(({ rail }) => reading.totalRails.includes(rail));
    ensemble.durationMs = endMs - startMs;
    ensemble.standsAlone = inTotal.every(({ seen }) => seen.has(span));
    const supports = inTotal.map(({ supportOf }) => supportOf(startMs, endMs));
    ensemble.support = supports.length > 0 ? Math.min(...supports) : 0;
    for (const { rail, limitsOf } of rails) ensemble.limits.set(rail, limitsOf(startMs, endMs));
  }
  const parts = timed
    ? children.map((child) => child.tree)
    : weightedChildren(span, ensemble, reading, onNode, path);
  onNode?.(span, ensemble, path);
  return { ensemble, tree: { ...span, energy: toEnergy(ensemble, reading), children: parts } };
}

function leafEnsemble(leaf: TiledSpan, rails: readonly DealtRail[]): Ensemble {
  return {
    durationMs: 0,
    support: 0,
    standsAlone: false,
    draws: new Map(rails.map(({ rail, drawsOf }) => [rail, drawsOf(leaf)])),
    limits: new Map(),
    root: new Map(rails.map((rail) => [rail.rail, rail.root])),
  };
}

/** Below a timed leaf, energy follows the weights, as if they were times. */
function weightedChildren(
  parent: TiledSpan,
  whole: Ensemble,
  reading: Reading,
  onNode: AttributionOptions["onNode"],
  path: readonly Span[],
): EnergySpan[] {
  const sum = parent.children.reduce((total, child) => total + (child.weight ?? 0), 0);
  const pathBelow = [...path, parent];
  return parent.children.map((child) => {
    const fraction = sum > 0 ? (child.weight ?? 0) / sum : 0;
    const part = shareOf(whole, whole.durationMs * fraction);
    const children = weightedChildren(child, part, reading, onNode, pathBelow);
    onNode?.(child, part, pathBelow);
    return { ...child, energy: toEnergy(part, reading), children };
  });
}

/**
 * The energy of one span of time: whole records as they are, and of the records at its edges what
 * their outside neighbours' power leaves over.
 *
 * @param samples records in ms and mJ; what no record covers makes the energy `null`
 * @throws {RangeError} if the span ends before it starts
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { energyOver } from "@tokenwatt/tokenwatt";
 *
 * const samples = [
 *   { startMs: 0, endMs: 100, energyMj: { cpu: 200 } },
 *   { startMs: 100, endMs: 200, energyMj: { cpu: 1600 } },
 *   { startMs: 200, endMs: 300, energyMj: { cpu: 3000 } },
 * ];
 * // Idle at 2 W until 150 ms: the record in the middle holds 100 mJ of that.
 * assert(energyOver(samples, 150, 300).mj === 4500);
 * ```
 */
export function energyOver(
  samples: readonly PowerSample[],
  startMs: number,
  endMs: number,
  options: AttributionOptions = {},
): Energy {
  const span: Span = { kind: "other", name: "span", startMs, endMs, children: [] };
  return attributeEnergy(span, samples, options).energy;
}
