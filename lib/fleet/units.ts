import { meanOf } from "../sample.ts";
import type { FleetFigure } from "./figures.ts";

/** A process of a subject: what its runs cost beside other runs of the same prompts. */
export interface FleetUnit {
  /** Mean over its runs of ln(J/token), from the mean of each run's prompt. */
  log: number;
  /** When its first run started, in epoch ms. */
  startedAtMs: number;
  /** What ran. */
  build: string;
}

/**
 * The processes of a subject in order of time. Prompts cost what they cost: each run counts from
 * its prompt's mean, and a prompt of one process, which has nothing to be held against, not at all.
 */
export function unitsOf(figures: readonly FleetFigure[]): FleetUnit[] {
  const compared = [...Map.groupBy(figures, ({ prompt }) => prompt).values()]
    .filter((of) => new Set(of.map(({ process }) => process)).size > 1)
    .flatMap((of) => {
      const mean = meanOf(of.map(({ joulesPerToken }) => Math.log(joulesPerToken)));
      return of.map((figure) => ({ figure, log: Math.log(figure.joulesPerToken) - mean }));
    });
  const processes = Map.groupBy(compared, ({ figure }) => `${figure.process} ${figure.build}`);
  return [...processes.values()].map((of) => ({
    log: meanOf(of.map(({ log }) => log)),
    startedAtMs: of.reduce((least, { figure }) => Math.min(least, figure.startedAtMs), Infinity),
    build: of[0]!.figure.build,
  })).sort((a, b) => a.startedAtMs - b.startedAtMs);
}
