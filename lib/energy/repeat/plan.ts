import type { TokenRange } from "../groups.ts";

/** So many records must a block span, in each sweep (design, section 7, method 2). */
export const BLOCK_RECORDS = 4;
/** Forward and backward. */
export const SWEEPS = 2;

/** Neighbouring tokens whose steps are run one after the other, again and again. */
export interface StepBlock extends TokenRange {
  /** How often, in each sweep. */
  cycles: number;
  /** About how long it takes, in each sweep. */
  durationMs: number;
}

/** What is to be repeated. */
export interface StepPlan {
  /** In the order of the answer; token 0, the prefill, is a block of its own. */
  blocks: StepBlock[];
  /** About how long all of it takes, both sweeps. */
  durationMs: number;
}

/**
 * Plans step repetition: which steps are run how often in a row, so that each block spans
 * {@link BLOCK_RECORDS} records in each of two sweeps.
 *
 * Neighbouring tokens share a block where single ones would take longer than `maxMs`; one block for
 * the whole decode phase is the least, whatever it takes. Left out is what spans as many records by
 * itself: such a prefill, and all steps where each of them does.
 *
 * @param stepsMs time of each token's step in the plain run, in ms; the first is the prefill
 * @param options `cadenceMs`: true time between records; `maxMs`: budget of both sweeps
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { planSteps } from "@tokenwatt/tokenwatt";
 *
 * const { blocks, durationMs } = planSteps([40, 20, 20, 20], { cadenceMs: 100 });
 * assert(blocks.length === 4 && blocks[1]?.cycles === 20 && durationMs === 3200);
 * const grouped = planSteps([40, 20, 20, 20], { cadenceMs: 100, maxMs: 2000 });
 * assert(grouped.blocks[1]?.lastIndex === 3);
 * ```
 */
export function planSteps(
  stepsMs: readonly number[],
  { cadenceMs, maxMs = Infinity }: { cadenceMs: number; maxMs?: number | undefined },
): StepPlan {
  const leastMs = BLOCK_RECORDS * cadenceMs;
  const block = (firstIndex: number, lastIndex: number): StepBlock => {
    const cycleMs = stepsMs.slice(firstIndex, lastIndex + 1).reduce((sum, ms) => sum + ms, 0);
    const cycles = cycleMs > 0 ? Math.max(1, Math.ceil(leastMs / cycleMs - 1e-9)) : 1;
    return { firstIndex, lastIndex, cycles, durationMs: cycles * cycleMs };
  };
  const takes = (blocks: readonly StepBlock[]) =>
    SWEEPS * blocks.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const [prefillMs = 0] = stepsMs;
  const steps = stepsMs.length - 1;
  // What is as long as a block is seen by records in the plain run.
  if (stepsMs.slice(1).every((ms) => ms >= leastMs)) return { blocks: [], durationMs: 0 };
  const prefill = prefillMs < leastMs ? [block(0, 0)] : [];
  for (let size = 1; size <= steps; size++) {
    const count = Math.ceil(steps / size);
    const from = (group: number) => 1 + Math.round(group * steps / count);
    const blocks = [
      ...prefill,
      ...Array.from({ length: count }, (_, group) => block(from(group), from(group + 1) - 1)),
    ];
    const durationMs = takes(blocks);
    if (durationMs <= maxMs || size === steps) return { blocks, durationMs };
  }
  return { blocks: prefill, durationMs: takes(prefill) };
}
