/**
 * Energies per token in the order of time.
 *
 * @module
 */
import { formatMj, formatMs, threeDigits } from "../quantities.ts";
import { visibleText } from "../safe_text.ts";
import { leastBy } from "../sample.ts";
import type { EnergyOverTimeRun } from "./energy_over_time.ts";

/** A repetition or a run. */
export interface EnergyPoint {
  /** In ms since 1970, or since the first repetition began. */
  atMs: number;
  /** Energy per decoded token; `null` where it was not measured. */
  mj: number | null;
  lowMj: number | null;
  highMj: number | null;
  resolved: boolean;
  /** What it belongs to: a model at a precision. */
  series: string;
  tooltip: string;
}

/** The repetitions of one run. */
export function repetitionPoints(run: EnergyOverTimeRun): EnergyPoint[] {
  const phases = run.trace?.phases.filter(({ repetition }) => repetition !== null) ?? [];
  const originMs = leastBy(phases, ({ startMs }) => startMs);
  const stepsOf = new Map<number | null, number>();
  for (const { repetition, phase } of run.trace?.tokens ?? []) {
    if (phase === "decode") stepsOf.set(repetition, (stepsOf.get(repetition) ?? 0) + 1);
  }
  return phases.filter(({ name }) => name === "decode").map((phase) => {
    const steps = stepsOf.get(phase.repetition) ?? 0;
    const mj = phase.energyMj === null || steps === 0 ? null : phase.energyMj / steps;
    const atMs = (phase.startMs + phase.endMs) / 2 - originMs;
    return {
      atMs,
      mj,
      lowMj: null,
      highMj: null,
      // What the run knows of all repetitions together it does not know of each.
      resolved: run.power.kind !== "estimated",
      series: seriesOf(run),
      tooltip: `repetition ${phase.repetition}, ${threeDigits(atMs / 1e3)} s\n` +
        `${formatMj(mj)} per token, ${steps} tokens in ${formatMs(phase.endMs - phase.startMs)}`,
    };
  });
}

/** Runs, the oldest first. */
export function runPoints(
  runs: readonly (EnergyOverTimeRun & { startedAtMs: number })[],
): EnergyPoint[] {
  return runs.map((run): EnergyPoint => {
    const joules = run.totals?.joulesPerToken ?? null;
    const mj = joules === null ? null : joules * 1e3;
    const decode = run.phases?.find(({ phase }) => phase === "decode")?.energy;
    const perToken = (end: number | null | undefined) =>
      mj === null || !decode?.mj || end === null || end === undefined ? null : mj * end / decode.mj;
    const [lowMj, highMj] = [perToken(decode?.lowMj), perToken(decode?.highMj)];
    const ends = lowMj === null || highMj === null
      ? ""
      : ` (${threeDigits(lowMj)} to ${threeDigits(highMj)})`;
    return {
      atMs: run.startedAtMs,
      mj,
      lowMj,
      highMj,
      resolved: run.power.kind !== "estimated" && (decode?.resolved ?? true),
      series: seriesOf(run),
      tooltip: visibleText(
        `${run.runId}\n${seriesOf(run)}\n${new Date(run.startedAtMs).toLocaleString("sv-SE")}\n` +
          `${formatMj(mj)}${ends} per token, ${run.power.label}`,
      ),
    };
  }).sort((a, b) => a.atMs - b.atMs);
}

/** All that the axis must hold, in mJ. */
export function pointEnds(points: readonly EnergyPoint[]): number[] {
  return points.flatMap(({ mj, lowMj, highMj }) => [mj, lowMj, highMj]).filter((end) =>
    end !== null
  );
}

function seriesOf({ model }: EnergyOverTimeRun): string {
  return `${model.name} ${model.precision}`;
}
