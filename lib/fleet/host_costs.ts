import { testPaired } from "../analysis/mod.ts";
import { meanOf } from "../sample.ts";
import { type FleetFigure, type FleetSubject, subjectKey, subjectOf } from "./figures.ts";

/** What a token costs on a host with a build. */
export interface HostCost extends FleetSubject {
  /** What ran there. */
  build: string;
  /** Runs behind it. */
  runs: number;
  /** Processes behind it; runs of one process are not independent. */
  processes: number;
  /** Prompts among them. */
  prompts: number;
  /** Geometric mean over the processes, in J. */
  joulesPerToken: number;
  /** Lower end of its 95 % interval; `null` for one process. */
  low: number | null;
  /** Upper end. */
  high: number | null;
  /** When the last run started, in epoch ms. */
  lastAtMs: number;
}

/**
 * J/token by host and build, each subject apart, the newest build first. The interval is that of
 * Student's t over the processes' mean logarithms.
 */
export function hostCosts(figures: readonly FleetFigure[]): HostCost[] {
  const groups = Map.groupBy(figures, (one) => `${subjectKey(one)} ${one.build}`);
  const costs = [...groups.values()].map(costOf);
  return costs.sort((a, b) =>
    a.host.localeCompare(b.host) || a.model.localeCompare(b.model) || b.lastAtMs - a.lastAtMs
  );
}

function costOf(figures: readonly FleetFigure[]): HostCost {
  const first = figures[0]!;
  const processes = [...Map.groupBy(figures, ({ process }) => process).values()];
  const logs = processes.map((of) => meanOf(of.map((one) => Math.log(one.joulesPerToken))));
  const { mean, low, high } = testPaired(logs);
  const end = (log: number) => Number.isFinite(log) ? Math.exp(log) : null;
  return {
    ...subjectOf(first),
    build: first.build,
    runs: figures.length,
    processes: processes.length,
    prompts: new Set(figures.map(({ prompt }) => prompt)).size,
    joulesPerToken: Math.exp(mean),
    low: end(low),
    high: end(high),
    lastAtMs: figures.reduce((last, { startedAtMs }) => Math.max(last, startedAtMs), -Infinity),
  };
}
