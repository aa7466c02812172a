import type { Energy, Phase, PhaseEnergy, SectionEnergy } from "../record.ts";
import type { RepeatedSection, Repetition } from "./messages.ts";

/**
 * The sections of one mean repetition, and for each phase a section `gaps` with what lay between
 * them, so that all sections together are the repetition.
 */
export function meanSections(
  sections: readonly RepeatedSection[],
  repetitions: readonly Repetition[],
  phases: readonly PhaseEnergy[],
  energyOf: (phase: Phase, partMs: number) => Energy,
): SectionEnergy[] {
  const count = repetitions.length;
  const beganMs = new Map(repetitions.map(({ index, startMs }) => [index, startMs]));
  const timed = sections.filter(({ repetition }) => beganMs.has(repetition));
  return phases.flatMap(({ phase, startMs, endMs, durationMs }) => {
    const named = Map.groupBy(
      timed.filter((section) => section.phase === phase),
      ({ name }) => name,
    );
    const parts = Array.from(named, ([name, group]): SectionEnergy => {
      const totalMs = group.reduce((sum, section) => sum + section.endMs - section.startMs, 0);
      const offset = (pick: (section: RepeatedSection) => number, most: typeof Math.max) =>
        repetitions.reduce((sum, repetition) => {
          const times = group.filter((one) => one.repetition === repetition.index).map(pick);
          const edge = times.reduce((a, b) => most(a, b), times[0] ?? repetition.startMs);
          return sum + edge - repetition.startMs;
        }, 0) / count;
      return {
        phase,
        name,
        startMs: offset((section) => section.startMs, Math.min),
        endMs: offset((section) => section.endMs, Math.max),
        durationMs: totalMs / count,
        energy: energyOf(phase, totalMs),
      };
    });
    const restMs = durationMs - parts.reduce((sum, part) => sum + part.durationMs, 0);
    if (!(restMs > 0)) return parts;
    const energy = energyOf(phase, restMs * count);
    return [...parts, { phase, name: "gaps", startMs, endMs, durationMs: restMs, energy }];
  });
}
