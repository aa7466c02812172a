import { attributeEnergy, deconvolveTokens } from "../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import { type Energy, type Span, UNMEASURED } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { type Generations, generations, type PowerShape, trueTokenMj } from "./generations.ts";
import { OTHER_WAYS } from "./other_ways.ts";
import { repeatedTokens } from "./sweeps.ts";
import { bare, judged, type Trial } from "./trial.ts";

/** How long single tokens take, in ms. */
export const TOKEN_TIMES = [1, 5, 20, 60] as const;

const RAIL_PRIOR_MS = [-5, 40] as const;
/** The ways of others are asked of so many repetitions, and the mean is taken. */
const ASKED_REPETITIONS = 10;

/** Tokens of one answer by each way: step repetition, deconvolution, time share, and others'. */
export function tokenTrials(
  seed: number,
  family: Family,
  tokenMs: number,
  shape: PowerShape,
): Trial[] {
  const played = generations({ seed, family, tokenMs, shape });
  const options = {
    totalRails: RIG_RAILS,
    clockBoundMs: played.boundMs,
    latchMs: RAIL_PRIOR_MS,
    seed,
  };
  const { boundMs: _, repetitions, run, samples } = played;
  const told = deconvolveTokens(repetitions, samples, options);
  const shared = sharedTokens(played, options);
  const decoded = repetitions[0]!.filter(({ index }) => index > 0);
  const truths = new Map(decoded.map(({ index }) => [index, trueTokenMj(played, index)]));
  const totalMs = decoded.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const meanMw = [...truths.values()].reduce((sum, mj) => sum + mj, 0) / totalMs;
  const asked = repetitions.slice(0, ASKED_REPETITIONS);
  const others = Object.entries(OTHER_WAYS).map(([method, way]) => ({
    method,
    of: (index: number) =>
      asked.reduce((sum, own) => {
        const { startMs, endMs } = own[index]!;
        return sum + way({ samples, arrivalsMs: run.arrivalsMs }, startMs, endMs);
      }, 0) / asked.length,
  }));
  const found: Trial[] = decoded.flatMap(({ index, startMs, endMs }) => {
    const trueMj = truths.get(index)!;
    const common = {
      what: "token" as const,
      case: shape,
      cadenceMs: family.cadenceMs,
      tokenMs,
      deviation: Math.abs(trueMj / (endMs - startMs) / meanMw - 1),
    };
    const apart = told.tokens.find((token) => token.index === index)?.energy ?? UNMEASURED;
    return [
      ...(told.method === "deconvolved"
        ? [{ ...common, method: "deconvolved", ...judged(apart, trueMj) }]
        : []),
      { ...common, method: "shared", ...judged(shared.get(index) ?? UNMEASURED, trueMj) },
      ...others.map(({ method, of }) => ({ ...common, method, ...bare(of(index), trueMj) })),
    ];
  });
  return [...repeatedTokens(seed, family, tokenMs, shape), ...found];
}

/** By time within a repetition, as records of the plain run see it; the mean of all repetitions. */
function sharedTokens(
  { repetitions, samples }: Generations,
  options: Parameters<typeof attributeEnergy>[2],
): Map<number, Energy> {
  // The same tree as deconvolveTokens() makes, of which it tells nothing apart: three repetitions.
  const byIndex = new Map<number, Energy[]>();
  const spans = repetitions.slice(0, ASKED_REPETITIONS).map((own, at): Span => {
    const decode = own.slice(1);
    const token = ({ index, startMs, endMs }: typeof own[number]): Span => (
      { kind: "token", name: `${index}`, startMs, endMs, children: [] }
    );
    const phase = (name: string, parts: typeof own, children: Span[]): Span => ({
      kind: "phase",
      name,
      startMs: parts[0]!.startMs,
      endMs: parts.at(-1)!.endMs,
      children,
    });
    const children = [
      phase("prefill", own.slice(0, 1), []),
      phase("decode", decode, decode.map(token)),
    ];
    return {
      kind: "repetition",
      name: `${at}`,
      startMs: own[0]!.startMs,
      endMs: own.at(-1)!.endMs,
      children,
    };
  });
  const tree = attributeEnergy(
    {
      kind: "run",
      name: "run",
      startMs: spans[0]!.startMs,
      endMs: spans.at(-1)!.endMs,
      children: spans,
    },
    samples,
    options,
  );
  for (const repetition of tree.children) {
    for (const { kind, name, energy } of repetition.children.at(-1)?.children ?? []) {
      if (kind === "token") byIndex.set(Number(name), [...byIndex.get(Number(name)) ?? [], energy]);
    }
  }
  return new Map(Array.from(byIndex, ([index, energies]) => [index, meanEnergy(energies)]));
}

/** Hard limits of parts bound those of their mean. */
function meanEnergy(energies: readonly Energy[]): Energy {
  const mean = (of: (energy: Energy) => number | null) =>
    energies.reduce<number | null>((sum, energy) => {
      const mj = of(energy);
      return sum === null || mj === null ? null : sum + mj / energies.length;
    }, 0);
  return {
    ...energies[0]!,
    mj: mean(({ mj }) => mj),
    lowMj: mean(({ lowMj }) => lowMj),
    highMj: mean(({ highMj }) => highMj),
  };
}
