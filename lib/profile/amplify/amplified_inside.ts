import type { AttributionOptions, Ensemble, Reading } from "../../energy/mod.ts";
import { scaled } from "../../energy/mod.ts";
import type { Finding, PowerSample, RunInside } from "../../record.ts";
import { loopEnergies } from "./energies.ts";
import { amplifyFindings } from "./findings.ts";
import { AROUND, sumOf, withAmplified } from "./into_inside.ts";
import type { AmplifiedLoops } from "./loops.ts";

/** What loops told, and what they are compared with. */
export interface LoopEvidence {
  loops: AmplifiedLoops;
  samples: readonly PowerSample[];
  /** A phase of one mean repetition; `undefined` where there was none. */
  phase(name: "prefill" | "decode"): Ensemble | undefined;
  /** How the frequency of the loops differs from that of the answer; `null` where it is not known. */
  frequencyChange: number | null;
}

/** Puts the energies that loops told into the inside of a run, and finds what limits them. */
export function amplifiedInside(
  inside: RunInside,
  { loops, samples, phase, frequencyChange }: LoopEvidence,
  options: AttributionOptions & Reading,
): { inside: RunInside; findings: Finding[] } {
  const wholes = (["prefill", "decode"] as const).flatMap((name) => {
    const ensemble = phase(name);
    const rows = inside.components.filter((row) => row.phase === name);
    const around = rows.filter(({ component }) => AROUND.includes(component));
    const totalMj = sumOf(rows);
    const left = totalMj > 0 ? 1 - sumOf(around) / totalMj : 1;
    return ensemble ? [{ phase: name, ensemble: scaled(ensemble, left) }] : [];
  });
  const energies = loopEnergies(loops, wholes, samples, options);
  return {
    inside: withAmplified(inside, energies, loops.isComplete),
    findings: amplifyFindings(loops, energies, frequencyChange),
  };
}
