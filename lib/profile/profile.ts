import { dirname } from "node:path";
import { nowMs, pause } from "../clock.ts";
import { InputError } from "../errors.ts";
import type { Model } from "../model/mod.ts";
import {
  checkForeignLoad,
  checkPowerConditions,
  detectPowerSource,
  loadCalibration,
  PowerMonitor,
  readCpuTimes,
  readPowerConditions,
  refuseRails,
} from "../power/mod.ts";
import type { Finding, ModelSummary, Phase, ProfilingRun, RunHeader } from "../record.ts";
import { baselineOf, type Window } from "./baseline.ts";
import { Evidence, type PowerEvidence } from "./evidence.ts";
import { latchOf, widestLatch } from "./latch.ts";
import { ModelThread } from "./model_thread.ts";
import { planOf, type ProfileOptions, type ProfilePlan } from "./options.ts";
import { RunRecorder } from "./recorder.ts";
import { afterSeconds, Stages } from "./stages.ts";
import { type Outer, summarize } from "./summarize.ts";

/**
 * Generates an answer and says what each phase and token of it cost.
 *
 * The prompt is generated once to warm up, then repeated for at least `minSeconds`; the result
 * describes one mean repetition. Power is sampled on one thread, the model runs on a second, so
 * the caller's stays free. With a `database`, the run is written while it happens.
 *
 * @param model as `loadModel` returns it; it is loaded anew on a thread of its own, and measured
 * @throws {InputError} if an option, the prompt or the source cannot be used; nothing is written
 *
 * @example
 * ```ts ignore
 * import { loadModel, profile } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * const run = await profile(model, "Once upon a time");
 * console.log(run.response, run.totals.joulesPerToken, run.verdict);
 * ```
 */
export async function profile(
  model: Model,
  prompt: string,
  options: ProfileOptions = {},
): Promise<ProfilingRun> {
  const plan = planOf(options);
  const promptTokens = countPromptTokens(model, prompt);
  const source = plan.source ?? (await detectPowerSource()).source;
  await using monitor = new PowerMonitor({ source, intervalMs: plan.intervalMs });
  await monitor.start();
  const conditions = readPowerConditions();
  using stages = new Stages(plan, () => latestMw(monitor));
  using thread = new ModelThread();
  monitor.hint("pre_inference");
  const load = await thread.load({
    ...placeOf(model),
    threads: plan.threads,
    spin: plan.spin,
  });
  using recorder = new RunRecorder(
    plan.database ?? null,
    headerOf(model, prompt, plan, monitor, load.startMs),
    monitor,
  );
  try {
    const seen = await measure(thread, monitor, recorder, stages, plan, prompt);
    stages.enter("analyse");
    await monitor.stop();
    await monitor.verify();
    recorder.check();
    const run = summarize({
      runId: recorder.runId,
      header: headerOf(model, prompt, plan, monitor, load.startMs),
      promptTokens,
      plan,
      ...seen,
      outer: { ...seen.outer, load },
      power: powerOf(monitor, seen.outer),
      sampling: [...monitor.findings(), ...checkPowerConditions(await conditions), ...seen.load],
    });
    recorder.finish({
      status: seen.interrupted ? "interrupted" : "complete",
      ...(seen.interrupted ? { reason: "it was stopped" } : {}),
      result: run,
    });
    return run;
  } catch (error) {
    fail(recorder, error);
    throw error;
  }
}

/** How the model's thread finds the same file: what was built elsewhere has its config here. */
function placeOf({ path, onnxPath, features }: Model): { path: string; precision?: string } {
  return dirname(onnxPath) === path ? { path: onnxPath } : { path, precision: features.precision };
}

/** At least one whole record of like work on each side of the measured window, at true cadences too. */
const LEAD_INTERVALS = 3.5;

/** What happened while the run was measured. */
interface Seen {
  evidence: Evidence;
  interrupted: boolean;
  outer: Omit<Outer, "load">;
  /** Whether other programs worked, too. */
  load: Finding[];
}

async function measure(
  thread: ModelThread,
  monitor: PowerMonitor,
  recorder: RunRecorder,
  stages: Stages,
  plan: ProfilePlan,
  prompt: string,
): Promise<Seen> {
  const { signal } = plan;
  const { maxNewTokens, temperature, topK, topP, seed } = plan;
  const order = { prompt, maxNewTokens, temperature, topK, topP, seed };
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
  stages.enter("tail");
  monitor.hint("idle");
  const afterMs = interrupted ? 0 : afterSeconds(plan.baselineSeconds) * 1000;
  outer.after = await idle(afterMs, signal);
  await tail(monitor, outer.after.startMs, plan.intervalMs);
  const load = checkForeignLoad(cpuBefore, cpuAfter, monitor.samples(), plan.intervalMs);
  return { evidence, interrupted, outer, load };
}

/** Waits with nothing to do, and says from when to when. */
async function idle(durationMs: number, signal: AbortSignal | undefined): Promise<Window> {
  const startMs = nowMs();
  await pause(durationMs, signal);
  return { startMs, endMs: nowMs() };
}

/** Waits until two records have begun after the end, so that the last edge has neighbours. */
async function tail(monitor: PowerMonitor, endMs: number, intervalMs: number): Promise<void> {
  const deadlineMs = nowMs() + 2000 + 5 * intervalMs;
  while (nowMs() < deadlineMs && monitor.died === null) {
    const after = monitor.samples(endMs).filter((sample) => sample.startMs >= endMs);
    if (after.length >= 2) return;
    await pause(intervalMs / 2);
  }
}

function countPromptTokens(model: Model, prompt: string): number {
  const { length } = model.tokenizer.encode(prompt);
  const most = model.contextLength;
  if (length === 0) {
    throw new InputError("Cannot profile an empty prompt", { remedy: "pass some text" });
  }
  if (most !== null && length >= most) {
    throw new InputError(
      `Cannot profile a prompt of ${length} tokens: the context of ${model.name} holds ${most}`,
      { remedy: "shorten the prompt, or choose a model with a longer context" },
    );
  }
  return length;
}

function headerOf(
  model: Model,
  prompt: string,
  plan: ProfilePlan,
  monitor: PowerMonitor,
  startedAtMs: number,
): RunHeader {
  const { info } = monitor;
  const { database: _database, signal: _signal, live: _live, ...options } = plan;
  return {
    model: summaryOf(model),
    prompt,
    startedAtMs,
    options,
    experiment: plan.experiment,
    tags: plan.tags,
    power: {
      source: info.name,
      kind: info.kind,
      label: info.label,
      rails: info.rails,
      totalRails: info.totalRails,
      intervalMs: plan.intervalMs,
      boundMs: monitor.alignment().boundMs,
      observerMw: loadCalibration(info.name, plan.intervalMs)?.observerMw ?? null,
    },
  };
}

function summaryOf(model: Model): ModelSummary {
  const { name, path, architecture, features, contextLength } = model;
  return {
    name,
    path,
    family: architecture.family,
    numLayers: architecture.numLayers,
    parameters: features.parameters,
    precision: features.precision,
    contextLength,
  };
}

function powerOf(monitor: PowerMonitor, outer: Seen["outer"]): PowerEvidence {
  const samples = refuseRails(monitor.samples(), monitor.findings());
  const { info } = monitor;
  const { boundMs } = monitor.alignment();
  const latchMs = latchOf(info.kind, loadCalibration(info.name, monitor.intervalMs));
  const { leastMs, mostMs } = widestLatch(latchMs, info.totalRails);
  const unsure = { earlyMs: leastMs - boundMs, lateMs: mostMs + boundMs };
  return {
    samples,
    info,
    boundMs,
    latchMs,
    baseline: baselineOf(samples, info.totalRails, outer.before, outer.after, unsure),
  };
}

function latestMw(monitor: PowerMonitor): number | null {
  const sample = monitor.current();
  if (!sample) return null;
  const mj = monitor.info.totalRails.reduce((sum, rail) => sum + (sample.energyMj[rail] ?? 0), 0);
  return mj / (sample.endMs - sample.startMs) * 1000;
}

/** The run's own error matters more than one from writing it down. */
function fail(recorder: RunRecorder, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  try {
    recorder.finish({ status: "failed", reason });
  } catch {
    return;
  }
}
