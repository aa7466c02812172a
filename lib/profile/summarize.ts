import { energyOver } from "../energy/mod.ts";
import type { ProfilingRun } from "../record.ts";
import { amplifiedInside } from "./amplify/mod.ts";
import { attributeRun } from "./attribute_run.ts";
import { findingsOf } from "./findings.ts";
import { type Inside, insideFindings, insideOf } from "./inside/mod.ts";
import { interTokenLatency } from "./latency.ts";
import type { Remains } from "./remains.ts";
import { deconvolvedFindings, resolveFindings } from "./resolve/mod.ts";
import { runtimeOf, sequencesOf } from "./runtime.ts";
import { totalsOf } from "./totals.ts";
import { traceOf } from "./trace.ts";
import { verdictOf } from "./verdict.ts";

/** A run, and what of its inside goes into a database row by row. */
export interface Summary {
  run: ProfilingRun;
  inside: Inside | null;
}

/** Makes a run of what was seen: pure, so that a stored run can be derived again. */
export function summarize(given: Remains): Summary {
  const { evidence, interrupted, header, plan } = given;
  const { repetitions, power, findings, attribution, told, repeated, mean } = attributeRun(given, {
    seed: plan.seed,
  });
  const remains = { ...given, power };
  const sampling = [...remains.sampling, ...remains.observed, ...findings];
  const { totalRails } = attribution;
  const { steps } = evidence;
  const { depth } = plan;
  const explained = remains.explained ?? null;
  const inside = explained === null || depth === "token"
    ? null
    : insideOf(explained, mean.spans, depth, attribution);
  const amplified = inside && remains.loops
    ? amplifiedInside(inside.inside, {
      loops: remains.loops,
      samples: power.samples,
      phase: mean.spans.phase,
      frequencyChange: remains.frequencyChange ?? null,
    }, attribution)
    : null;
  const wasStopped = interrupted || remains.loops?.interrupted === true ||
    steps?.interrupted === true ||
    explained?.interrupted === true ||
    (explained === null && remains.explained !== undefined && depth !== "token");
  const loadMj = remains.outer.load
    ? energyOver(power.samples, remains.outer.load.startMs, remains.outer.load.endMs, attribution)
      .mj
    : null;
  const sequences = sequencesOf(remains, mean.tokens);
  const trace = traceOf(mean.tree, repetitions, remains, attribution);
  const run = {
    runId: remains.runId,
    status: wasStopped ? "interrupted" as const : "complete" as const,
    model: header.model,
    prompt: header.prompt,
    response: sequences[0]?.response ?? "",
    runtime: runtimeOf(remains.runsOn ?? null, sequences),
    power: { ...header.power, totalRails, boundMs: power.boundMs },
    findings: [
      ...findingsOf(power, repetitions, sampling, header.power.observerMw),
      ...resolveFindings(
        steps?.check ?? null,
        told === null ? mean.scale : null,
        repeated,
        mean.tokens.map(({ startMs, endMs }) => endMs - startMs),
      ),
      ...deconvolvedFindings(told),
      ...insideFindings(inside?.inside ?? null),
      ...amplified?.findings ?? [],
    ],
    measured: {
      repetitions: repetitions.length,
      durationMs: mean.durationMs * repetitions.length,
      energyMj: mean.energy.mj === null ? null : mean.energy.mj * repetitions.length,
    },
    phases: mean.phases,
    sections: mean.sections,
    tokens: mean.tokens,
    groups: mean.groups,
    totals: totalsOf(mean, repetitions, remains, { totalRails, loadMj, sequences }),
    inside: amplified?.inside ?? inside?.inside ?? null,
    latency: interTokenLatency({ trace }),
    trace,
  };
  return { run: { ...run, verdict: verdictOf(run) }, inside };
}
