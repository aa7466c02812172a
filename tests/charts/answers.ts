/** Runs and results for the charts of answers, made from a seed. */
import type { EnergyOverTimeRun } from "../../lib/charts/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";
import { makeRun } from "./runs.ts";

/** A run of single, resolved tokens, three of which cost far more than the others, and one less. */
export function spreadRun(): ProfilingRun {
  const run = makeRun({ tokens: 160, groupSize: 1 });
  const factors = new Map([[20, 1.7], [41, 1.65], [90, 1.72], [91, 1.3], [120, 0.45]]);
  const groups = run.groups.map((group, index) => {
    const { energy } = group;
    const factor = (factors.get(index) ?? 1) * (1 + 0.04 * Math.sin(index * 2.3));
    const of = (mj: number | null) => mj === null ? null : mj * factor;
    return {
      ...group,
      energy: { ...energy, mj: of(energy.mj), lowMj: of(energy.lowMj), highMj: of(energy.highMj) },
    };
  });
  return { ...run, groups };
}

/** Runs of two models over some days, in bursts. */
export function history(count: number): EnergyOverTimeRun[] {
  const run = sampleRun();
  return Array.from({ length: Math.max(count, 14) }, (_, at): EnergyOverTimeRun => {
    const is8 = at % 3 === 1;
    const factor = (is8 ? 0.82 : 1) * (1 + 0.05 * Math.sin(at * 1.9) + at * 0.002);
    const of = (mj: number | null) => mj === null ? null : mj * factor;
    return {
      runId: `run-${at}`,
      model: { ...run.model, precision: is8 ? "int8" : "fp32" },
      power: run.power,
      // Local, as the chart shows it: the same picture in every time zone.
      startedAtMs: new Date(2026, 10, 2 + Math.floor(at / 5) * 2, 9, 7 * (at % 5)).getTime(),
      totals: {
        ...run.totals,
        joulesPerToken: at === 6 ? null : of(run.totals.joulesPerToken),
      },
      phases: run.phases.map((phase) => ({
        ...phase,
        energy: {
          ...phase.energy,
          resolved: at % 7 !== 3,
          mj: of(phase.energy.mj),
          lowMj: of(phase.energy.lowMj),
          highMj: of(phase.energy.highMj),
        },
      })),
    };
  });
}

/** A run during which the machine grew hot, and a finding that was a moment. */
export function foundRun(): ProfilingRun {
  const run = makeRun();
  const at = (ms: number) => (run.trace.samples[0]?.startMs ?? 0) + ms;
  return {
    ...run,
    findings: [{
      kind: "thermal-pressure",
      severity: "warning",
      startMs: at(6200),
      endMs: at(7900),
      value: 17,
      unit: "%",
      message: "Thermal pressure (Moderate) in 17 % of the power records",
      remedy: "let the machine cool down and run again",
    }, {
      kind: "gap",
      severity: "info",
      startMs: at(900),
      value: 140,
      unit: "ms",
      message: "A power record is 140 ms long",
      remedy: "nothing",
    }],
  };
}
