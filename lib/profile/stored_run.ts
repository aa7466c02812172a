import type { RederivedPower } from "../power/mod.ts";
import type {
  ComponentMetric,
  DeepOperationMetric,
  Finding,
  LayerMetric,
  MetricSink,
  ProfilingRun,
  RunDraws,
  RunHeader,
  StoredSection,
} from "../record.ts";
import type { Window } from "./baseline.ts";
import { energyDraws } from "./energy_draws.ts";
import { Evidence } from "./evidence.ts";
import { type Inside, writeInside } from "./inside/mod.ts";
import { isKept, keptExplained } from "./kept_evidence.ts";
import { latchOf } from "./latch.ts";
import type { InsideTimes } from "./layers/mod.ts";
import type { Repetition } from "./messages.ts";
import type { ProfileOptions } from "./options.ts";
import { planOf } from "./plan.ts";
import { powerEvidence } from "./power_evidence.ts";
import type { Remains } from "./remains.ts";
import { summarize } from "./summarize.ts";
import { isKeptWindows, type KeptWindows, summarizeKeptWindows } from "./windows/mod.ts";

/** What a database holds of a run, its power made again from the raw records. */
export interface StoredRecords {
  /** As it is stored. */
  run: ProfilingRun & Pick<RunHeader, "startedAtMs" | "options"> & {
    /** The machine that it ran on. */
    host?: { hostname: string | null };
  };
  /** Sections inside of phases, of all repetitions. */
  sections: readonly StoredSection[];
  /** Components of all tokens that were looked into. */
  components: readonly ComponentMetric[];
  /** Samples, alignment and findings. */
  power: RederivedPower;
  /** What `profile()` kept beside the rows; `null` for runs of earlier versions. */
  evidence: object | null;
}

/** A run that was made again, with the rows of what is inside of its tokens. */
export interface SummarizedRun {
  /** The run. */
  run: ProfilingRun;
  /** Layers of the first repetition's tokens. */
  layers: LayerMetric[];
  /** Components of the first repetition's tokens. */
  components: ComponentMetric[];
  /** ONNX nodes of the first repetition's tokens. */
  operations: DeepOperationMetric[];
  /** What it was made without, as it was not kept; `null` where nothing is missing. */
  lacks: string | null;
}

/**
 * Makes a run again from what is stored of it, by the arithmetic of `profile()`: without the model,
 * on any machine. Pass it to `rederiveRun`.
 *
 * Where a run keeps less, as those of earlier versions do, the rest is taken from its result, and
 * `lacks` says so.
 */
export async function summarizeStored(stored: StoredRecords): Promise<SummarizedRun> {
  if (isKeptWindows(stored.evidence)) return storedWindows(stored.evidence, stored);
  const isWhole = isKept(stored.evidence);
  const remains = isWhole ? keptRemains(stored) : rememberedRemains(stored);
  const { run, inside } = summarize(remains);
  const { explained } = remains;
  const rows = await rowsOf(run.runId, inside, explained?.times ?? null);
  if (isWhole) return { run, ...rows, lacks: null };
  return {
    // What the twins told was not kept: it stays as it is.
    run: { ...run, status: stored.run.status, inside: stored.run.inside },
    ...rows,
    lacks: "what was known of its clocks, idle time and twins, which earlier versions did not keep",
  };
}

/**
 * Makes the joint draws of a stored run's energies again, for `compareRuns`: pass it
 * `{ ...run, draws }`. `null` for runs of earlier versions, which did not keep what is needed, and for
 * windows around any code.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareRuns, ProfileDatabase, storedDraws, storedEvidence } from "@tokenwatt/tokenwatt";
 *
 * async function compared(database: ProfileDatabase): Promise<string> {
 *   const [before, after] = await Promise.all(["last~1", "last"].map(async (id) => {
 *     const stored = await storedEvidence(database, id);
 *     return { ...stored.run, draws: storedDraws(stored) };
 *   }));
 *   return compareRuns(before!, after!).verdict;
 * }
 * assert(typeof compared === "function");
 * ```
 */
export function storedDraws(stored: StoredRecords): RunDraws | null {
  if (!isKept(stored.evidence)) return null;
  const { runId, host } = stored.run;
  return energyDraws(keptRemains(stored), host?.hostname ?? runId);
}

/** Windows around any code have no tokens, and nothing inside of them. */
function storedWindows(kept: KeptWindows, { run, power }: StoredRecords): SummarizedRun {
  const { windows: _windows, ...result } = summarizeKeptWindows(kept, run, power);
  return { run: result, layers: [], components: [], operations: [], lacks: null };
}

function keptRemains(stored: StoredRecords): Remains {
  const { components, power, evidence: kept } = stored;
  if (!isKept(kept)) throw new TypeError("Cannot read the evidence of another version");
  const { promptTokens, interrupted, repetitions, steps, outer, info, latchMs, observed } = kept;
  const { answers = [], runsOn = null } = kept;
  const common = commonRemains(stored, repetitions);
  common.evidence.steps = steps;
  common.evidence.answers = answers;
  return {
    ...common,
    promptTokens: typeof promptTokens === "number" ? [promptTokens] : promptTokens,
    runsOn,
    interrupted,
    outer,
    observed,
    explained: keptExplained(kept, components),
    loops: kept.loops ?? null,
    frequencyChange: kept.frequencyChange ?? null,
    power: powerEvidence(power, info, latchMs, outer),
  };
}

/** As much as a result tells of what it was made of. */
function rememberedRemains(stored: StoredRecords): Remains {
  const { run, power } = stored;
  const { totals, trace, findings } = run;
  const found = (...kinds: Finding["kind"][]) =>
    findings.filter(({ kind }) => kinds.includes(kind));
  const percent = (kind: Finding["kind"]) => found(kind)[0]?.value ?? null;
  const window = (name: string): Window | null =>
    trace.phases.find((phase) => phase.name === name) ?? null;
  const outer = {
    load: window("model_load"),
    warmUp: window("warm_up"),
    before: window("baseline"),
    after: null,
  };
  const { source: name, kind, rails, totalRails, label } = run.power;
  const error = kind === "estimated" ? percent("estimated") : null;
  const statedError = error === null ? null : error / 100;
  const info = { name, kind, rails, totalRails, label, statedError };
  const drift = percent("baseline-drift");
  return {
    ...commonRemains(stored, repetitionsOf(trace.phases)),
    promptTokens: [totals.promptTokens],
    interrupted: run.status === "interrupted",
    outer,
    observed: found("foreign-load", "low-power"),
    power: {
      ...powerEvidence(power, info, latchOf(kind, null), outer),
      baseline: {
        idleMw: totals.baselineMw,
        errorMw: 0,
        drift: drift === null ? null : drift / 100,
      },
    },
  };
}

function commonRemains(
  { run, sections, power }: StoredRecords,
  repetitions: Repetition[],
): Pick<Remains, "runId" | "header" | "plan" | "evidence" | "sampling"> {
  const { runId, model, prompt, options, startedAtMs } = run;
  const evidence = new Evidence();
  evidence.add({
    repetitions,
    // Without their energies, which are to be made again.
    tokens: run.trace.tokens.map(({ repetition, index, id, text, phase, startMs, endMs }) => ({
      repetition,
      index,
      id,
      text,
      phase,
      startMs,
      endMs,
    })),
    sections: sections.flatMap(({ repetition, phase, name, startMs, endMs }) =>
      repetition === null ? [] : [{ repetition, phase, name, startMs, endMs }]
    ),
  });
  return {
    runId,
    header: { model, prompt, options, startedAtMs, power: run.power },
    plan: planOf(options as ProfileOptions),
    evidence,
    sampling: power.findings,
  };
}

function repetitionsOf(phases: ProfilingRun["trace"]["phases"]): Repetition[] {
  const inside = phases.flatMap((phase) =>
    phase.repetition === null ? [] : [{ ...phase, index: phase.repetition }]
  );
  return Array.from(Map.groupBy(inside, ({ index }) => index), ([index, own]) => ({
    index,
    startMs: Math.min(...own.map(({ startMs }) => startMs)),
    endMs: Math.max(...own.map(({ endMs }) => endMs)),
  }));
}

async function rowsOf(
  runId: string,
  inside: Inside | null,
  times: InsideTimes | null,
): Promise<Pick<SummarizedRun, "layers" | "components" | "operations">> {
  const rows: Pick<SummarizedRun, "layers" | "components" | "operations"> = {
    layers: [],
    components: [],
    operations: [],
  };
  const sink: Partial<MetricSink> = {
    addLayerMetrics: (_, layers) => void rows.layers.push(...layers),
    addComponentMetrics: (_, components) => void rows.components.push(...components),
    addDeepOperationMetrics: (_, operations) => void rows.operations.push(...operations),
  };
  if (inside && times) await writeInside(sink, runId, inside, times);
  return rows;
}
