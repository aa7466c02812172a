/**
 * What of two arms is set against what. A process is what can be repeated independently; where an
 * arm has but one, its runs are; and all that is said holds for that process.
 *
 * @module
 */
import { processOf, type RunRecord } from "../run_record.ts";
import { meanOf, sumOver, varianceOf } from "../statistics/mod.ts";
import type { NullSpread } from "../statistics/mod.ts";
import type { Observed } from "./metric.ts";

/** A run with its figure. */
export interface Measured {
  /** The run. */
  run: RunRecord;
  /** Its figure. */
  observed: Observed;
}

/** The means of arms' logarithms, by the unit that was repeated. */
export interface Units {
  /** What was repeated. */
  unit: "block" | "process" | "run";
  /** One a pair, where both arms have as many; `null` where they are set against each other whole. */
  differences: number[] | null;
  /** Logarithms of A by unit, less what its prompts make of them. */
  a: number[];
  /** The same of B. */
  b: number[];
  /** How much two units of one arm differ. */
  spread: NullSpread;
  /** Prompts that both arms were given; 0 where there is none. */
  sharedPrompts: number;
}

/** Puts runs together into units, and units into pairs. */
export function unitsOf(
  a: readonly Measured[],
  b: readonly Measured[],
  blockOf?: (run: RunRecord) => string | null,
): Units {
  const shared = sharedPrompts(a, b);
  const of = (arm: readonly Measured[]) =>
    inOrder(shared.size === 0 ? arm : arm.filter(({ run }) => shared.has(run.prompt)));
  const [usedA, usedB] = [of(a), of(b)];
  const unit = unitFor(usedA, usedB, blockOf);
  const keyOf = keysBy(unit, blockOf);
  const level = promptLevels(usedA, usedB, shared.size > 0);
  const [cellsA, cellsB] = [usedA, usedB].map((arm) => Map.groupBy(arm, keyOf(arm))) as [
    Map<string, Measured[]>,
    Map<string, Measured[]>,
  ];
  const valueOf = (runs: readonly Measured[]) =>
    meanOf(runs.map(({ run, observed }) => Math.log(observed.value) - level(run.prompt)));
  const [valuesA, valuesB] = [[...cellsA.values()].map(valueOf), [...cellsB.values()].map(valueOf)];
  return {
    unit,
    differences: shared.size === 0 ? null : pairwise(cellsA, cellsB, unit),
    a: valuesA,
    b: valuesB,
    spread: within(unit === "run" ? repeatsOf([usedA, usedB]) : [valuesA, valuesB]),
    sharedPrompts: shared.size,
  };
}

/** How far apart two null arms' units are, about 0. */
export function nullSpread(differences: readonly number[]): NullSpread {
  const degrees = differences.length;
  return { variance: sumOver(differences, (value) => value ** 2) / degrees, degrees };
}

function unitFor(
  a: readonly Measured[],
  b: readonly Measured[],
  blockOf: ((run: RunRecord) => string | null) | undefined,
): Units["unit"] {
  const all = [...a, ...b];
  if (blockOf && all.every(({ run }) => blockOf(run) !== null)) return "block";
  const processes = (arm: readonly Measured[]) => new Set(arm.map(({ run }) => processOf(run)));
  const isKnown = all.every(({ run }) => processOf(run) !== null);
  return isKnown && processes(a).size > 1 && processes(b).size > 1 ? "process" : "run";
}

/** The k-th run of a prompt in one arm belongs to the k-th in the other. */
function keysBy(unit: Units["unit"], blockOf?: (run: RunRecord) => string | null) {
  return (_arm: readonly Measured[]) => {
    const seen = new Map<string, number>();
    return ({ run }: Measured): string => {
      if (unit === "block") return blockOf?.(run) ?? "";
      if (unit === "process") return processOf(run) ?? "";
      const turn = seen.get(run.prompt) ?? 0;
      seen.set(run.prompt, turn + 1);
      return `${turn} ${run.prompt}`;
    };
  };
}

function pairwise(
  a: ReadonlyMap<string, Measured[]>,
  b: ReadonlyMap<string, Measured[]>,
  unit: Units["unit"],
): number[] | null {
  // Where one has more, those without a partner would not count: the arms are set whole instead.
  if (unit !== "block" && a.size !== b.size) return null;
  // Processes have no names in common: the first of one arm goes with the first of the other.
  const pairs: [Measured[], Measured[] | undefined][] = unit === "process"
    ? [...a.values()].map((runs, at) => [runs, [...b.values()][at]])
    : [...a].map(([key, runs]) => [runs, b.get(key)]);
  const differences = pairs.map(([one, other]) => other && promptByPrompt(one, other))
    .filter((value) => value !== undefined && value !== null);
  return differences.length === 0 || (unit === "process" && differences.length < a.size)
    ? null
    : differences;
}

/** Mean difference over the prompts that both were given. */
function promptByPrompt(a: readonly Measured[], b: readonly Measured[]): number | null {
  const byPrompt = Map.groupBy(b, ({ run }) => run.prompt);
  const logOf = (runs: readonly Measured[]) =>
    meanOf(runs.map(({ observed }) => Math.log(observed.value)));
  const differences = [...Map.groupBy(a, ({ run }) => run.prompt)].flatMap(([prompt, runs]) => {
    const others = byPrompt.get(prompt);
    return others ? [logOf(others) - logOf(runs)] : [];
  });
  return differences.length === 0 ? null : meanOf(differences);
}

/** What a prompt makes of the figure, in both arms alike: it must not count as noise. */
function promptLevels(a: readonly Measured[], b: readonly Measured[], isShared: boolean) {
  if (!isShared) return () => 0;
  const levels = new Map(
    [...Map.groupBy([...a, ...b], ({ run }) => run.prompt)].map(([prompt, runs]) => {
      const arms = [a, b].map((arm) => runs.filter((one) => arm.includes(one)));
      const means = arms.map((arm) => meanOf(arm.map(({ observed }) => Math.log(observed.value))));
      return [prompt, meanOf(means)];
    }),
  );
  const middle = meanOf([...levels.values()]);
  return (prompt: string) => (levels.get(prompt) ?? middle) - middle;
}

/** Runs of one prompt in one arm. */
function repeatsOf(arms: readonly (readonly Measured[])[]): number[][] {
  return arms.flatMap((arm) =>
    [...Map.groupBy(arm, ({ run }) => run.prompt).values()]
      .map((runs) => runs.map(({ observed }) => Math.log(observed.value)))
  );
}

/** The variance of a null difference, pooled over samples in which nothing differs on purpose. */
function within(samples: readonly (readonly number[])[]): NullSpread {
  const repeated = samples.filter((values) => values.length > 1);
  const degrees = sumOver(repeated, (values) => values.length - 1);
  const squares = sumOver(repeated, (values) => varianceOf(values) * (values.length - 1));
  return { variance: degrees === 0 ? NaN : 2 * squares / degrees, degrees };
}

function sharedPrompts(a: readonly Measured[], b: readonly Measured[]): Set<string> {
  const of = (arm: readonly Measured[]) => new Set(arm.map(({ run }) => run.prompt));
  return of(a).intersection(of(b));
}

function inOrder(arm: readonly Measured[]): Measured[] {
  return arm.toSorted((one, other) => (one.run.startedAtMs ?? 0) - (other.run.startedAtMs ?? 0));
}
