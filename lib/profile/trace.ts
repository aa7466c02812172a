import { energyOver } from "../energy/mod.ts";
import type { EnergySpan, Rail, RunTrace, StoredToken } from "../record.ts";
import type { Window } from "./baseline.ts";
import type { Repetition } from "./messages.ts";
import type { Remains } from "./remains.ts";

/** What was seen when: records, phases in their order, and each repetition's own tokens. */
export function traceOf(
  tree: EnergySpan,
  repetitions: readonly Repetition[],
  { outer, power, evidence }: Remains,
  attribution: { totalRails: readonly Rail[] },
): RunTrace {
  const outside = (name: string, window: Window | null): RunTrace["phases"] =>
    window && window.endMs > window.startMs
      ? [{
        name,
        repetition: null,
        ...window,
        energyMj: energyOver(power.samples, window.startMs, window.endMs, attribution).mj,
      }]
      : [];
  return {
    samples: power.samples,
    phases: [
      ...outside("model_load", outer.load),
      ...outside("warm_up", outer.warmUp),
      ...outside("baseline", outer.before),
      ...tree.children.flatMap((repetition) =>
        repetition.children.map(({ name, startMs, endMs, energy }) => ({
          name,
          repetition: Number(repetition.name),
          startMs: startMs ?? 0,
          endMs: endMs ?? 0,
          energyMj: energy.mj,
        }))
      ).filter(({ repetition }) => Number.isInteger(repetition)),
      ...outside("baseline", outer.after),
    ],
    tokens: repetitions.flatMap((repetition) => {
      const energies = tokenEnergies(tree, repetition);
      return evidence.tokensOf(repetition).map((token) => ({
        ...token,
        ...energies.get(token.index),
      }));
    }),
  };
}

/** Each repetition's own energies: the first token holds its prefill. */
function tokenEnergies(
  tree: EnergySpan,
  { index }: Repetition,
): Map<number, Partial<StoredToken>> {
  const found = new Map<number, Partial<StoredToken>>();
  const take = (at: number, { energy }: EnergySpan) => {
    const { mj, lowMj, highMj, interval, method, resolved } = energy;
    found.set(at, { energyMj: mj, lowMj, highMj, interval, method, resolved });
  };
  const walk = (span: EnergySpan) => {
    if (span.kind === "token") take(Number(span.name), span);
    if (span.kind === "phase" && span.name === "prefill") take(0, span);
    span.children.forEach(walk);
  };
  tree.children.filter(({ kind, name }) => kind === "repetition" && name === `${index}`)
    .forEach(walk);
  return found;
}
