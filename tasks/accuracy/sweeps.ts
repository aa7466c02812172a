import {
  attributeEnergy,
  type AttributionOptions,
  dealRepeated,
  type Ensemble,
  type RepeatedBlock,
  stepPowers,
  stepScale,
  sumOf,
} from "../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import type { PowerSample, Span } from "../../lib/record.ts";
import type { PlayedToken } from "./generations.ts";

/** What the plain run tells of each decoded token, by its time: over all repetitions. */
export function tokenEnsembles(
  repetitions: readonly (readonly PlayedToken[])[],
  samples: readonly PowerSample[],
  options: AttributionOptions,
): Ensemble[] {
  const tokens = new Map<string, Ensemble>();
  attributeEnergy(spanOf(repetitions), samples, {
    ...options,
    onNode: ({ kind, name }, ensemble) => {
      if (kind !== "token") return;
      const sofar = tokens.get(name);
      tokens.set(name, sofar ? sumOf([sofar, ensemble]) : ensemble);
    },
  });
  return [...tokens.values()];
}

/** The same energy, dealt by what the sweeps tell of each step: as `--resolve tokens` does it. */
export function repeatedTokens(
  parts: readonly Ensemble[],
  swept: readonly RepeatedBlock[],
  samples: readonly PowerSample[],
  options: AttributionOptions,
): readonly Ensemble[] {
  const found = stepPowers(swept, samples, options);
  const own = parts.map((_, at) => found.find(({ firstIndex }) => firstIndex === at + 1));
  const scale = stepScale(parts, own, RIG_RAILS);
  return scale === null ? parts : dealRepeated(parts, own, scale, options.seed);
}

function spanOf(repetitions: readonly (readonly PlayedToken[])[]): Span {
  const phase = (name: string, parts: readonly PlayedToken[], children: Span[]): Span => ({
    kind: "phase",
    name,
    startMs: parts[0]!.startMs,
    endMs: parts.at(-1)!.endMs,
    children,
  });
  const children = repetitions.map((own, at): Span => {
    const decode = own.slice(1);
    const tokens = decode.map(({ index, startMs, endMs }): Span => (
      { kind: "token", name: `${index}`, startMs, endMs, children: [] }
    ));
    const phases = [phase("prefill", own.slice(0, 1), []), phase("decode", decode, tokens)];
    return {
      kind: "repetition",
      name: `${at}`,
      startMs: own[0]!.startMs,
      endMs: own.at(-1)!.endMs,
      children: phases,
    };
  });
  const [first, last] = [children[0]!, children.at(-1)!];
  return { kind: "run", name: "run", startMs: first.startMs, endMs: last.endMs, children };
}
