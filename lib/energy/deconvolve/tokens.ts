import type { Energy, PowerSample, Span } from "../../record.ts";
import { leastBy } from "../../sample.ts";
import { attributeEnergy } from "../attribute.ts";
import { type Ensemble, scaled, sumOf, toEnergy } from "../ensemble.ts";
import type { TimedToken } from "../groups.ts";
import type { AttributionOptions } from "../options.ts";
import { defaultTotalRails } from "../rails.ts";
import { dealRepeated, stepScale } from "../repeat/mod.ts";
import { type Deconvolution, deconvolve } from "./deconvolve.ts";

/** The tokens of one mean repetition, and how they were told apart. */
export interface DeconvolvedTokens extends Pick<Deconvolution, "method" | "agreement"> {
  /** In their order, the prefill's as well. */
  tokens: {
    /** As in the repetitions. */
    index: number;
    /** Mean over the repetitions, in ms. */
    durationMs: number;
    /** Mean over the repetitions. */
    energy: Energy;
  }[];
}

/**
 * The energy of each token of an answer that was generated many times, as {@link deconvolve} tells
 * them apart; where it cannot, by their time. For a stored run, pass its `trace.tokens` by repetition
 * and its `trace.samples`.
 *
 * @param repetitions the tokens of each, in ms; one of index 0 is the prefill
 * @param options as for {@link attributeEnergy}
 * @returns one mean repetition, energies in mJ
 * @throws {RangeError} if an option or a sample cannot be used, or tokens overlap
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { deconvolveTokens } from "@tokenwatt/tokenwatt";
 *
 * const samples = Array.from({ length: 60 }, (_, at) => ({
 *   startMs: at * 100, endMs: (at + 1) * 100, energyMj: { cpu: 2000 },
 * }));
 * const repetitions = Array.from({ length: 18 }, (_, repetition) =>
 *   Array.from({ length: 10 }, (_, index) => {
 *     const startMs = 100 + repetition * 310 + index * 31;
 *     return { index, startMs, endMs: startMs + 31 };
 *   }));
 * const { method, tokens } = deconvolveTokens(repetitions, samples);
 * assert(method === "shared" && tokens[5]?.energy.method === "shared");
 * assert(Math.abs((tokens[5]?.energy.mj ?? 0) - 620) < 1);
 * ```
 */
export function deconvolveTokens(
  repetitions: readonly (readonly TimedToken[])[],
  samples: readonly PowerSample[],
  options: AttributionOptions = {},
): DeconvolvedTokens {
  const { method, agreement, powers } = deconvolve(repetitions, samples, options);
  const count = leastBy(repetitions, ({ length }) => length);
  if (!Number.isFinite(count) || count === 0) return { method, agreement, tokens: [] };
  const byIndex = new Map<number, Ensemble>();
  const alike = repetitions.map((tokens) => tokens.slice(0, count));
  attributeEnergy(spanOf(alike), samples, {
    ...options,
    onNode: (span, ensemble) => {
      if (span.kind !== "token" && span.name !== "prefill") return;
      const index = span.kind === "token" ? Number(span.name) : 0;
      const sofar = byIndex.get(index);
      byIndex.set(index, sofar ? sumOf([sofar, ensemble]) : ensemble);
    },
  });
  const reading = { ...options, totalRails: options.totalRails ?? defaultTotalRails(samples) };
  const parts = powers.flatMap(({ firstIndex }) => byIndex.get(firstIndex) ?? []);
  // Rails that hold next to nothing are not solved for; they stay shared by time.
  const scale = stepScale(parts, powers, [...powers[0]?.drawsMw.keys() ?? []]);
  if (scale !== null) {
    dealRepeated(parts, powers, scale, options.seed, "deconvolved").forEach((dealt, at) =>
      byIndex.set(powers[at]?.firstIndex ?? -1, dealt)
    );
  }
  const tokens = Array.from(byIndex, ([index, ensemble]) => {
    const mean = scaled(ensemble, 1 / repetitions.length);
    return { index, durationMs: mean.durationMs, energy: toEnergy(mean, reading) };
  }).sort((a, b) => a.index - b.index);
  return { method: scale === null ? "shared" : method, agreement, tokens };
}

function spanOf(repetitions: readonly (readonly TimedToken[])[]): Span {
  const ends = (tokens: readonly TimedToken[]) => ({
    startMs: tokens[0]?.startMs ?? 0,
    endMs: tokens.at(-1)?.endMs ?? 0,
  });
  const children = repetitions.map((tokens, index): Span => {
    const decode = tokens.filter((token) => token.index > 0);
    const phases: Span[] = tokens.filter((token) => token.index === 0)
      .map(({ startMs, endMs }) => (
        { kind: "phase", name: "prefill", startMs, endMs, children: [] }
      ));
    if (decode.length > 0) {
      const children = decode.map(({ index, startMs, endMs }): Span => (
        { kind: "token", name: `${index}`, startMs, endMs, children: [] }
      ));
      phases.push({ kind: "phase", name: "decode", ...ends(decode), children });
    }
    return { kind: "repetition", name: `${index}`, ...ends(tokens), children: phases };
  });
  return {
    kind: "run",
    name: "run",
    startMs: repetitions[0]?.[0]?.startMs ?? 0,
    endMs: repetitions.at(-1)?.at(-1)?.endMs ?? 0,
    children,
  };
}
