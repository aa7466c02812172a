import { nowMs } from "../clock.ts";
import { checkForeignLoad, readCpuTimes } from "../power/mod.ts";
import type { Finding } from "../record.ts";
import { type AmplifiedLoops, NO_LOOPS } from "./amplify/mod.ts";
import { type Instruments, type Seen, tail } from "./measure.ts";
import { type ProfilePlan, sessionOf } from "./options.ts";

/** Loops that ran, and whether other programs did, too. */
export interface SeenLoops {
  loops: AmplifiedLoops;
  observed: Finding[];
}

/**
 * Repeats the work of components, while power is still sampled. What was measured before is worth
 * more than loops: where they fail, they say why, and the run goes on.
 *
 * @returns `null` where none were asked for, or the run was stopped before it had an answer
 */
export async function runLoops(
  { thread, monitor, stages }: Omit<Instruments, "recorder">,
  plan: ProfilePlan,
  promptIds: readonly number[],
  { evidence, interrupted }: Seen,
): Promise<SeenLoops | null> {
  const { amplify: components, signal } = plan;
  const [first] = evidence.complete(interrupted);
  if (components === undefined || interrupted || !first) return null;
  stages.enter("amplify");
  const cpuBefore = readCpuTimes();
  const ids = [...promptIds, ...evidence.tokensOf(first).map(({ id }) => id)];
  const recordMs = usualMs(monitor.samples()) ?? plan.intervalMs;
  const loops = await thread.amplify(
    { ids, promptLength: promptIds.length, components, recordMs, ...sessionOf(plan) },
    {
      onReady: (expectedMs) => stages.expectLoops(expectedMs),
      onProgress: (fraction) => stages.looped(fraction),
    },
    signal,
    monitor.info.kind === "simulated" ? (phase, atMs) => monitor.hint(phase, atMs) : undefined,
  ).catch((error: Error): AmplifiedLoops => ({
    ...NO_LOOPS,
    refused: [{ component: [components].flat().join(", "), reason: error.message }],
  }));
  monitor.hint("idle");
  if (loops === null) return { loops: { ...NO_LOOPS, interrupted: true }, observed: [] };
  const cpuAfter = readCpuTimes();
  if (!loops.interrupted) await tail(monitor, nowMs(), plan.intervalMs);
  const load = checkForeignLoad(cpuBefore, cpuAfter, monitor.samples(), plan.intervalMs);
  const when = "While components ran in loops";
  return {
    loops,
    observed: load.map((one) => ({ ...one, message: `${when}: ${one.message}` })),
  };
}

/** What a source delivers is seldom what it was asked for. */
function usualMs(samples: readonly { startMs: number; endMs: number }[]): number | null {
  const durations = samples.map(({ startMs, endMs }) => endMs - startMs).toSorted((a, b) => a - b);
  return durations[Math.floor(durations.length / 2)] ?? null;
}
