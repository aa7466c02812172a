import { dirname, join } from "node:path";
import type { Model } from "../model/mod.ts";
import {
  checkPowerConditions,
  detectPowerSource,
  loadCalibration,
  PowerMonitor,
  readPowerConditions,
} from "../power/mod.ts";
import type { ModelSummary, ProfilingRun, RunDraws, RunHeader } from "../record.ts";
import { frequencyChange } from "./amplify/mod.ts";
import type { OnePrompt, PromptBatch } from "./asked_prompt.ts";
import { checked } from "./check_profile.ts";
import { cleanTokens } from "./clean_tokens.ts";
import { energyDraws } from "./energy_draws.ts";
import type { Explained } from "./explain.ts";
import { keptEvidence } from "./kept_evidence.ts";
import { latchOf } from "./latch.ts";
import { measure, type Seen } from "./measure.ts";
import { ModelThread } from "./model_thread.ts";
import { type ProfileOptions, type ProfilePlan, sessionOf } from "./options.ts";
import { powerEvidence } from "./power_evidence.ts";
import { RunRecorder } from "./recorder.ts";
import type { Remains } from "./remains.ts";
import { runLoops } from "./run_loops.ts";
import { lateDetails, modelDetails, osBuildOf, powerState } from "./run_details.ts";
import { Stages } from "./stages.ts";
import { summarize } from "./summarize.ts";

/**
 * Generates an answer and says what each phase and token of it cost.
 *
 * The prompt is generated once to warm up, then repeated for at least `minSeconds`; the result
 * describes one mean repetition. Power is sampled on one thread, the model runs on a second, so
 * the caller's stays free. With a `database`, the run is written while it happens.
 *
 * @param model as `loadModel` returns it; it is loaded anew on a thread of its own, and measured
 * @param prompt a text to continue, a conversation that `chatPrompt` has written, or token ids;
 *   several of one kind are answered at once, as a batch
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
  prompt: OnePrompt | PromptBatch,
  options: ProfileOptions = {},
): Promise<ProfilingRun> {
  const { plan, asked: { promptIds, ...asked } } = checked(model, prompt, options);
  const [firstIds] = promptIds as [number[]];
  const about = modelDetails(model);
  const source = plan.source ?? (await detectPowerSource()).source;
  await using monitor = new PowerMonitor({ source, intervalMs: plan.intervalMs });
  await monitor.start();
  const conditions = readPowerConditions();
  using stages = new Stages(plan, () => latestMw(monitor));
  await using thread = new ModelThread();
  monitor.hint("pre_inference");
  const load = await thread.load({
    ...placeOf(model),
    ...sessionOf(plan),
    lengths: promptIds.map(({ length }) => length),
  });
  const { engine, engineNote, provider } = load;
  using recorder = new RunRecorder(
    plan.database ?? null,
    {
      ...headerOf(model, asked.prompt, plan, monitor, load.startMs),
      details: {
        engine,
        provider,
        batchSize: promptIds.length,
        powerState: powerState(await conditions),
        model: about,
      },
    },
    monitor,
    plan.amplify !== undefined,
  );
  try {
    const seen = await measure({ thread, monitor, recorder, stages }, plan, asked);
    if (plan.amplify === undefined) await monitor.stop();
    const explained = await tellInside(thread, stages, plan, firstIds, seen);
    const looped = await runLoops({ thread, monitor, stages }, plan, firstIds, seen);
    await monitor.stop();
    stages.enter("analyse");
    const sampling = monitor.findings();
    await monitor.verify();
    recorder.check();
    recorder.flush();
    const remains = {
      runId: recorder.runId,
      header: headerOf(model, asked.prompt, plan, monitor, load.startMs),
      promptTokens: promptIds.map(({ length }) => length),
      runsOn: { engine, engineNote, provider },
      plan,
      evidence: seen.evidence,
      interrupted: seen.interrupted,
      explained,
      loops: looped?.loops ?? null,
      frequencyChange: looped
        ? await frequencyChange(recorder.raw, seen.evidence.repetitions, looped.loops)
        : null,
      outer: { ...seen.outer, load: { startMs: load.startMs, endMs: load.endMs } },
      power: powerEvidence(
        { samples: monitor.samples(), alignment: monitor.alignment(), findings: sampling },
        monitor.info,
        latchOf(monitor.info.kind, loadCalibration(monitor.info.name, monitor.intervalMs)),
        seen.outer,
      ),
      sampling,
      observed: [
        ...monitor.findings().slice(sampling.length),
        ...checkPowerConditions(await conditions),
        ...seen.disturbances,
        ...looped?.observed ?? [],
      ],
    };
    const { run, inside } = summarize(remains);
    if (inside && explained) await recorder.writeInside(inside, explained.times);
    recorder.finish({
      status: run.status === "interrupted" ? "interrupted" : "complete",
      ...(run.status === "interrupted" ? { reason: "it was stopped" } : {}),
      result: run,
      evidence: keptEvidence(remains),
      details: lateDetails(run, about, {
        peakMemoryBytes: recorder.peakMemoryBytes,
        osBuild: osBuildOf(monitor.info, recorder.firstRaw),
      }),
    });
    return withDraws(run, remains);
  } catch (error) {
    await monitor.stop(); // its last records are kept, too
    fail(recorder, error);
    throw error;
  }
}

/** Made when first read, as few runs are compared, and not enumerated, as 6 kB of noise tell nobody. */
function withDraws(run: ProfilingRun, remains: Remains): ProfilingRun {
  let draws: RunDraws | undefined;
  return Object.defineProperty(run, "draws", {
    get: () => draws ??= energyDraws(remains, "this process"),
  });
}

/** How the model's thread finds the same file: what was built elsewhere has its config here. */
function placeOf({ path, onnxPath, features }: Model): { path: string; precision?: string } {
  const isHere = [path, join(path, "onnx")].includes(dirname(onnxPath));
  return isHere ? { path: onnxPath } : { path, precision: features.precision };
}

/** Runs the twins of the first repetition's answer, unless nothing was to be told of its inside. */
async function tellInside(
  thread: ModelThread,
  stages: Stages,
  plan: ProfilePlan,
  promptIds: readonly number[],
  { evidence, interrupted }: Seen,
): Promise<Explained | null> {
  const [first] = evidence.complete(interrupted);
  if (plan.depth === "token" || interrupted || !first) return null;
  stages.enter("explain");
  const { activations, sparsityBelow, signal } = plan;
  const answer = evidence.tokensOf(first).map(({ id }) => id);
  return await thread.explain(
    {
      ids: [...promptIds, ...answer],
      promptLength: promptIds.length,
      clean: cleanTokens(evidence),
      operations: plan.depth === "operation",
      activations: activations === false ? "off" : activations === true ? "on" : "deep",
      sparsityBelow,
      ...sessionOf(plan),
    },
    (fraction) => stages.explained(fraction),
    signal,
  );
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
