import { nowMs, pause } from "../clock.ts";
import type { RepeatedBlock } from "../energy/mod.ts";
import { checkForeignLoad, type PowerMonitor, readCpuTimes } from "../power/mod.ts";
import type { Finding, Phase } from "../record.ts";
import type { Window } from "./baseline.ts";
import { Evidence, type StepEvidence } from "./evidence.ts";
import type { Prompt } from "./messages.ts";
import type { ModelThread } from "./model_thread.ts";
import type { ProfilePlan } from "./options.ts";
import { PauseWatch } from "./pause_watch.ts";
import type { RunRecorder } from "./recorder.ts";
import { planFor } from "./resolve/mod.ts";
import { afterSeconds, type Stages } from "./stages.ts";
import type { Outer } from "./remains.ts";

/** At least one whole record of like work on each side of the measured window, at true cadences too. */
const LEAD_INTERVALS = 3.5;

/** What happened while the run was measured. */
export interface Seen {
  /** Repetitions, tokens and sections. */
  evidence: Evidence;
  /** Whether the signal ended it. */
  interrupted: boolean;
  /** What lay around the measured window. */
  outer: Omit<Outer, "load">;
  /** What disturbed it: other programs, pauses of the process, a clock that was set. */
  disturbances: Finding[];
}

/** What a run is measured with. */
export interface Instruments {
  /** Runs the model. */
  thread: ModelThread;
  /** Samples power. */
  monitor: PowerMonitor;
  /** Writes it down. */
  recorder: RunRecorder;
  /** Tells how it goes. */
  stages: Stages;
}

/** Warms up, measures idle power, repeats the prompt, and measures idle power again. */
export async function measure(
  { thread, monitor, recorder, stages }: Instruments,
  plan: ProfilePlan,
  prompt: Prompt,
): Promise<Seen> {
  const { signal } = plan;
  const { maxNewTokens, prefillChunk, temperature, topK, topP, seed } = plan;
  const order = { ...prompt, maxNewTokens, prefillChunk, temperature, topK, topP, seed };
  const outer: Seen["outer"] = { warmUp: null, before: null, after: null };
  const evidence = new Evidence();
  const onPhase = monitor.info.kind === "simulated"
    ? (phase: Phase, atMs: number) => monitor.hint(phase, atMs)
    : undefined;

  if (plan.warmup > 0) {
    stages.enter("warm_up");
    const startMs = nowMs();
    const rehearsal = new Evidence();
    await thread.repeat(
      { ...order, least: plan.warmup, leastMs: 1000, mostMs: plan.maxSeconds * 1000, leadMs: 0 },
      (batch) => {
        rehearsal.add(batch);
        for (const { text, repetition } of batch.tokens) if (repetition === 0) stages.write(text);
      },
      signal,
      onPhase,
    );
    outer.warmUp = { startMs, endMs: nowMs() };
    const last = rehearsal.repetitions.at(-1);
    if (last) stages.expectRepetition(last.endMs - last.startMs);
  }

  stages.enter("baseline");
  monitor.hint("idle");
  outer.before = await idle(plan.baselineSeconds * 1000, signal);
  recorder.check();

  stages.enter("measure");
  const cpuBefore = readCpuTimes();
  using pauses = new PauseWatch();
  const interrupted = await thread.repeat(
    {
      ...order,
      least: plan.repetitions,
      leastMs: plan.minSeconds * 1000,
      mostMs: plan.maxSeconds * 1000,
      leadMs: LEAD_INTERVALS * plan.intervalMs,
    },
    (batch) => {
      evidence.add(batch);
      recorder.add(batch);
      if (plan.warmup > 0) return;
      for (const { text, repetition } of batch.tokens) if (repetition === 0) stages.write(text);
    },
    signal,
    onPhase,
  );
  recorder.check();

  const cpuAfter = readCpuTimes();
  const disturbances = pauses.findings();
  if (plan.resolve === "tokens" && !interrupted) {
    evidence.steps = await repeatSteps(
      { thread, monitor, recorder, stages },
      plan,
      prompt,
      evidence,
      onPhase,
    );
    recorder.check();
  }

  stages.enter("tail");
  monitor.hint("idle");
  const afterMs = interrupted || evidence.steps?.interrupted
    ? 0
    : afterSeconds(plan.baselineSeconds) * 1000;
  outer.after = await idle(afterMs, signal);
  await tail(monitor, outer.after.startMs, plan.intervalMs);
  disturbances.push(
    ...checkForeignLoad(cpuBefore, cpuAfter, monitor.samples(), plan.intervalMs),
  );
  return { evidence, interrupted, outer, disturbances };
}

/** Runs each step many times in a row; `null` where records of the plain run see each by itself. */
async function repeatSteps(
  { thread, monitor, recorder, stages }: Instruments,
  plan: ProfilePlan,
  prompt: Prompt,
  evidence: Evidence,
  onPhase: ((phase: Phase, atMs: number) => void) | undefined,
): Promise<StepEvidence | null> {
  const [first] = evidence.complete(false);
  const { blocks, durationMs } = planFor(evidence, monitor.samples(), plan);
  if (!first || blocks.length === 0) return null;
  stages.expectSteps(durationMs);
  stages.enter("resolve");
  const measured: RepeatedBlock[] = [];
  const outcome = await thread.resolve(
    {
      ...prompt,
      answer: evidence.tokensOf(first).map(({ id }) => id),
      isGreedy: isGreedy(plan),
      blocks,
      leadMs: LEAD_INTERVALS * plan.intervalMs,
    },
    (swept) => {
      measured.push(...swept);
      recorder.addSteps(swept);
    },
    plan.signal,
    onPhase,
  );
  return { blocks: measured, ...outcome };
}

/** As `createSampler()` decides it. */
function isGreedy({ temperature, topK, topP }: ProfilePlan): boolean {
  return (temperature ?? (topK === undefined && topP === undefined ? 0 : 1)) === 0;
}

/** Waits with nothing to do, and says from when to when. */
async function idle(durationMs: number, signal: AbortSignal | undefined): Promise<Window> {
  const startMs = nowMs();
  await pause(durationMs, signal);
  return { startMs, endMs: nowMs() };
}

/** Waits until two records have begun after the end, so that the last edge has neighbours. */
export async function tail(
  monitor: PowerMonitor,
  endMs: number,
  intervalMs: number,
): Promise<void> {
  const deadlineMs = nowMs() + 2000 + 5 * intervalMs;
  while (nowMs() < deadlineMs && monitor.died === null) {
    const after = monitor.samples(endMs).filter((sample) => sample.startMs >= endMs);
    if (after.length >= 2) return;
    await pause(intervalMs / 2);
  }
}
