import { ProfileDatabase } from "../../lib/store/mod.ts";
import type { RunDetails } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";
import { normals } from "../analysis/normals.ts";
import { connect, headerOf } from "../store/scene.ts";

/** Runs to store that are alike but for their cost. */
export interface StoredArm {
  tag: string;
  /** Times what the sample run costs. */
  factor: number;
  processes: number;
  prompts?: number;
  model?: { name?: string; parameters?: number; precision?: string; numLayers?: number };
  promptTokens?: number;
  tokensPerSecond?: number;
  details?: RunDetails | undefined;
}

/** Stores arms, each of whose processes ran every prompt, and returns the ids, oldest first. */
export function storeArms(path: string, arms: readonly StoredArm[], seed = 1): string[] {
  const normal = normals(seed);
  const sample = sampleRun({ tokens: 8 });
  const ids: string[] = [];
  const processes: [number, string][] = [];
  using database = ProfileDatabase.open(path);
  for (const [at, arm] of arms.entries()) {
    for (let process = 0; process < arm.processes; process++) {
      for (let prompt = 0; prompt < (arm.prompts ?? 2); prompt++) {
        const factor = arm.factor * (1 + 0.005 * normal());
        const of = (value: number | null) => value === null ? null : value * factor;
        const { totals } = sample;
        const run = {
          ...sample,
          model: { ...sample.model, ...arm.model },
          prompt: `prompt ${prompt}`,
          totals: {
            ...totals,
            energyMj: of(totals.energyMj),
            lowMj: of(totals.lowMj),
            highMj: of(totals.highMj),
            decodeMj: of(totals.decodeMj),
            prefillMj: of(totals.prefillMj),
            joulesPerToken: of(totals.joulesPerToken),
            joulesPerPromptToken: of(totals.joulesPerPromptToken),
            promptTokens: arm.promptTokens ?? totals.promptTokens,
            tokensPerSecond: arm.tokensPerSecond ?? totals.tokensPerSecond,
          },
        };
        const startedAtMs = sample.trace.samples[0]!.startMs + ids.length;
        const runId = database.createRun(
          headerOf(run, {
            startedAtMs,
            tags: [arm.tag],
            experiment: "made",
            ...(arm.details ? { details: arm.details } : {}),
          }),
        );
        database.finishRun(runId, { status: "complete", result: { ...run, runId } });
        ids.push(runId);
        processes.push([1000 * (at + 1) + process, runId]);
      }
    }
  }
  database.close();
  // A database takes its own process's number; these stand for others.
  using connection = connect(path);
  for (const [pid, runId] of processes) {
    connection.exec(`UPDATE profiling_runs SET pid = ${pid} WHERE run_id = '${runId}'`);
  }
  return ids;
}
