import { type Energy, type Rail, UNMEASURED } from "../../record.ts";
import { meanOf } from "../draws.ts";
import { quantileOf } from "../../sample.ts";
import { type Ensemble, type Reading, toEnergy } from "../ensemble.ts";
import { isNarrow } from "../resolved.ts";
import { totalOf } from "./work.ts";

/** Within these, what was measured apart is taken for what ran, and made to add up to it. */
const LEAST_CAPTURE = 0.8;
const MOST_CAPTURE = 1.2;

/** What a component's work costs, as loops told it. */
export interface AmplifiedWork {
  component: string;
  ensemble: Ensemble;
}

/** The energy of a component, after comparing all with the whole. */
export interface AmplifiedEnergy {
  component: string;
  /** As it is to be shown. */
  energy: Energy;
  /** As its loop told it; `null` where a rail was not measured. */
  rawMj: number | null;
}

/** Components beside the whole that they were cut out of. */
export interface AmplifiedWhole {
  parts: AmplifiedEnergy[];
  /** Σ components ÷ whole, with its 95 % interval; `null` where something was not measured. */
  capture: { ratio: number; low: number; high: number } | null;
  /** Whether the parts were scaled to add up to the whole. */
  isScaled: boolean;
}

/**
 * Compares components with the whole. Where they are all of it and their sum is within 20 % of it,
 * they are scaled to it draw by draw, and each interval covers both what the loop told and what
 * adds up; else they stay as their loops told them.
 *
 * @param isComplete whether the components are all that the whole consists of
 */
export function fitToWhole(
  works: readonly AmplifiedWork[],
  whole: Ensemble,
  isComplete: boolean,
  reading: Reading,
): AmplifiedWhole {
  const { totalRails } = reading;
  const raw = works.map(({ ensemble }) => amplifiedEnergy(ensemble, reading));
  const capture = captureOf(works, whole, totalRails);
  const isScaled = isComplete && capture !== null &&
    isBetween(capture.ratio, LEAST_CAPTURE, MOST_CAPTURE);
  const scaled = isScaled ? scaledTo(works, whole) : null;
  return {
    parts: works.map(({ component }, at) => {
      const own = raw[at]!;
      const fitted = scaled && amplifiedEnergy(scaled[at]!, reading);
      return {
        component,
        energy: fitted ? covering(fitted, own) : own,
        rawMj: own.mj,
      };
    }),
    capture,
    isScaled,
  };
}

/** What loops told as an energy: resolved by the rule for all, and never from hard limits. */
export function amplifiedEnergy(ensemble: Ensemble, reading: Reading): Energy {
  if (ensemble.support === 0) return UNMEASURED;
  const rails = [...ensemble.draws.keys()];
  const limits = new Map(rails.map((rail) => [rail, { lowMj: -Infinity, highMj: Infinity }]));
  const energy = toEnergy({ ...ensemble, standsAlone: true, limits, root: new Map() }, reading);
  return energy.method === "integrated" ? { ...energy, method: "amplified" } : energy;
}

function captureOf(
  works: readonly AmplifiedWork[],
  whole: Ensemble,
  totalRails: readonly Rail[],
): AmplifiedWhole["capture"] {
  const totals = works.map(({ ensemble }) => totalOf(ensemble, totalRails));
  const wholeMj = totalOf(whole, totalRails);
  if (wholeMj === null || totals.length === 0 || totals.includes(null)) return null;
  const meanMj = meanOf(wholeMj);
  if (!(meanMj > 0)) return null;
  const sumMj = wholeMj.map((_, draw) =>
    totals.reduce((sum, total) => sum + (total?.[draw] ?? NaN), 0)
  );
  const sorted = sumMj.map((mj, draw) => mj / (wholeMj[draw] ?? NaN)).toSorted();
  return {
    ratio: meanOf(sumMj) / meanMj,
    low: quantileOf(sorted, 0.025),
    high: quantileOf(sorted, 0.975),
  };
}

/** Rail by rail, draw by draw. */
function scaledTo(works: readonly AmplifiedWork[], whole: Ensemble): Ensemble[] {
  const scaled = works.map(({ ensemble }) => ({ ...ensemble, draws: new Map(ensemble.draws) }));
  const durationMs = works.reduce((sum, { ensemble }) => sum + ensemble.durationMs, 0);
  for (const [rail, wholeMj] of whole.draws) {
    const own = works.flatMap(({ ensemble }) => ensemble.draws.get(rail) ?? []);
    if (wholeMj === null || own.length < works.length) continue;
    const sumMj = wholeMj.map((_, draw) => own.reduce((sum, mj) => sum + mj[draw]!, 0));
    const isDrawn = isBetween(meanOf(wholeMj) / meanOf(sumMj), 0.5, 2);
    scaled.forEach((part, at) => {
      const share = works[at]!.ensemble.durationMs / durationMs;
      part.draws.set(
        rail,
        // What loops leave idle, such as a GPU, they cannot tell the shares of: time does.
        wholeMj.map((mj, draw) =>
          isDrawn ? mj * own[at]![draw]! / (sumMj[draw] ?? NaN) : mj * share
        ),
      );
    });
  }
  return scaled;
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** The fitted value, between ends that hold what its loop told, too. */
function covering(fitted: Energy, raw: Energy): Energy {
  if (fitted.mj === null || raw.mj === null) return fitted;
  const lowMj = Math.min(fitted.lowMj ?? fitted.mj, raw.lowMj ?? raw.mj);
  const highMj = Math.max(fitted.highMj ?? fitted.mj, raw.highMj ?? raw.mj);
  const byRail = Object.fromEntries(
    Object.entries(fitted.byRail).map(([rail, own]) => {
      const other = raw.byRail[rail as Rail] ?? null;
      if (own === null || other === null) return [rail, own];
      return [rail, {
        mj: own.mj,
        lowMj: Math.min(own.lowMj ?? Infinity, other.lowMj ?? Infinity),
        highMj: Math.max(own.highMj ?? -Infinity, other.highMj ?? -Infinity),
      }];
    }),
  );
  const resolved = fitted.resolved && isNarrow({ mj: fitted.mj, lowMj, highMj });
  return { ...fitted, lowMj, highMj, byRail, resolved };
}
