/**
 * The phases of a run as a timeline shades and names them.
 *
 * @module
 */
import type { RunTrace } from "../record.ts";
import { type LabelWish, textWidth } from "./labels.ts";
import { formatMj, formatMs, phaseName } from "../quantities.ts";
import { leastBy, mostBy } from "../sample.ts";
import { phaseShade } from "./theme.ts";

/** A stretch of the trace that has a name. */
export type TracePhase = RunTrace["phases"][number];

/** A shaded stretch. */
export interface Shade {
  startMs: number;
  endMs: number;
  shade: ReturnType<typeof phaseShade>;
}

/** How the time axis maps to px. */
export interface TimeScale {
  startMs: number;
  endMs: number;
  /** Left end in px. */
  left: number;
  pxPerMs: number;
}

/** Below this mean width of a repetition its phases are a smear: all repetitions get one shade. */
const MIN_SHADED_PX = 12;

/** Below this mean width of a repetition, the repetitions share one label. */
const MIN_LABELLED_PX = 150;

/** Shades of the phases; idle time stays unshaded. */
export function phaseShades(phases: readonly TracePhase[], scale: TimeScale): Shade[] {
  const { repetitions, startMs, endMs, meanPx } = measuredWindow(phases, scale);
  const smeared = repetitions > 1 && meanPx < MIN_SHADED_PX;
  const shades = phases
    .filter(({ name }) => name !== "idle" && name !== "baseline")
    .filter(({ repetition }) => repetition === null || !smeared)
    .map((phase): Shade => ({
      startMs: phase.startMs,
      endMs: phase.endMs,
      shade: phaseShade(phase.name),
    }));
  if (smeared) shades.push({ startMs, endMs, shade: "decode" });
  return shades.sort((a, b) => a.startMs - b.startMs);
}

function measuredWindow(phases: readonly TracePhase[], scale: TimeScale) {
  const measured = phases.filter((phase) => phase.repetition !== null);
  const repetitions = new Set(measured.map((phase) => phase.repetition)).size;
  const startMs = leastBy(measured, (phase) => phase.startMs);
  const endMs = mostBy(measured, (phase) => phase.endMs);
  const meanPx = (endMs - startMs) * scale.pxPerMs / Math.max(1, repetitions);
  return { measured, repetitions, startMs, endMs, meanPx };
}

/** What the labels over the phases would like to say and where. */
export function phaseWishes(
  phases: readonly TracePhase[],
  scale: TimeScale,
  size: number,
): LabelWish[] {
  const { measured, repetitions, startMs, endMs, meanPx } = measuredWindow(phases, scale);
  const apart = repetitions <= 1 || meanPx >= MIN_LABELLED_PX;
  const wishes = phases.filter((phase) => apart || phase.repetition === null)
    .map((phase) => single(phase, scale));
  if (!apart) wishes.push(together(measured, repetitions, startMs, endMs, scale, size));
  return wishes;
}

function single(phase: TracePhase, scale: TimeScale): LabelWish {
  return {
    lines: [phaseName(phase.name), numbers(phase.endMs - phase.startMs, phase.energyMj)],
    left: toPx(phase.startMs, scale),
    right: toPx(phase.endMs, scale),
    key: phase.name,
  };
}

/** One label for all repetitions, with the means of their phases if there is room for them. */
function together(
  measured: readonly TracePhase[],
  repetitions: number,
  startMs: number,
  endMs: number,
  scale: TimeScale,
  size: number,
): LabelWish {
  const left = toPx(startMs, scale);
  const right = toPx(endMs, scale);
  const each = ["prefill", "decode"].flatMap((name) => {
    const same = measured.filter((phase) => phase.name === name);
    return same.length === 0 ? [] : [`${phaseName(name)} ${numbers(...means(same, same.length))}`];
  }).join(", ");
  const detail = `each ${each}`;
  const short = `each ${numbers(...means(measured, repetitions))}`;
  return {
    lines: [
      `${repetitions} repetitions`,
      each !== "" && textWidth(detail, size) + 10 <= right - left ? detail : short,
    ],
    left,
    right,
    key: "repetitions",
  };
}

function means(phases: readonly TracePhase[], count: number): [number, number | null] {
  const durationMs = phases.reduce((sum, phase) => sum + phase.endMs - phase.startMs, 0);
  const energyMj = phases.reduce<number | null>(
    (sum, phase) => sum === null || phase.energyMj === null ? null : sum + phase.energyMj,
    0,
  );
  return [durationMs / count, energyMj === null ? null : energyMj / count];
}

function numbers(durationMs: number, energyMj: number | null): string {
  const energy = energyMj === null ? "mJ not measured" : formatMj(energyMj);
  return `${formatMs(durationMs)} · ${energy}`;
}

function toPx(ms: number, scale: TimeScale): number {
  const px = scale.left + (ms - scale.startMs) * scale.pxPerMs;
  const right = scale.left + (scale.endMs - scale.startMs) * scale.pxPerMs;
  return Math.max(scale.left, Math.min(px, right));
}
