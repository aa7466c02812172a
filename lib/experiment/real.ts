import { hostname } from "node:os";
import { resolve } from "node:path";
import tool from "../../deno.json" with { type: "json" };
import type { RunRecord } from "../analysis/mod.ts";
import { pause } from "../clock.ts";
import { InputError } from "../errors.ts";
import { loadModel, modelHash } from "../model/mod.ts";
import { detectPowerSource, PowerMonitor, type PowerSourceSpec, sourceSpec } from "../power/mod.ts";
import type { Finding } from "../record.ts";
import { ProfileDatabase } from "../store/mod.ts";
import { Admission, lookAround } from "./admission.ts";
import type { Laboratory } from "./conduct.ts";
import type { ExperimentOptions } from "./experiment.ts";
import { cellsIn } from "./found.ts";
import { experimentId } from "./identity.ts";
import { type Cell, seedOf } from "./order.ts";
import type { ExperimentPlan, PlannedArm } from "./plan.ts";
import { runProcess } from "./process.ts";

/** This machine. */
export interface RealLaboratory extends Laboratory, Disposable {
  /** What names the experiment here. */
  id: string;
  /** Name of the power source. */
  source: string;
  /** About the conditions. */
  findings(): Finding[];
  /** What limits the answer. */
  notes(): string[];
}

/** Where an arm's model is, and which it is. */
interface PlacedModel {
  path: string;
  precision: string | null;
  hash: string;
}

/** Looks at everything that is needed before anything is run. */
export async function realLaboratory(
  plan: ExperimentPlan,
  options: ExperimentOptions,
): Promise<RealLaboratory> {
  const models = new Map<string, PlacedModel>();
  for (const arm of plan.arms) models.set(arm.name, await placeOf(arm));
  const source = options.source === undefined
    ? (await detectPowerSource()).source
    : sourceSpec(options.source);
  const { name } = new PowerMonitor({ source }).info;
  const { database = "tokenwatt.db", admission = {} } = options;
  const isOwn = typeof database === "string";
  const path = isOwn ? database : database.path;
  if (path === ":memory:") {
    throw new InputError("Cannot run an experiment with a database in memory", {
      remedy: "name a file: its processes write into it, too",
    });
  }
  const opened = isOwn ? ProfileDatabase.open(path) : database;
  const id = experimentId({
    plan,
    models: [...models.values()].map(({ hash }) => hash),
    source,
    host: hostOrNull(),
    version: tool.version,
  });
  const gate = admission === false ? null : new Admission((signal) => lookAround(source, signal), {
    ...(plan.quick ? { waitSeconds: QUICK_WAIT_SECONDS } : {}),
    ...admission,
  });
  const found = cellsIn(opened, plan, id);
  return {
    id,
    source: name,
    found: () => new Map(found.cells),
    admit: async (tell, signal) => await gate?.admit(tell, signal),
    rest: (signal) => pause(plan.cooldown * 1000, signal),
    run: async (cell, tell, signal) => {
      const arm = plan.arms.find((one) => one.name === cell.arm)!;
      const { path: model, precision } = models.get(arm.name)!;
      const runIds = await runProcess(
        {
          model,
          precision,
          prompts: arm.prompts,
          options: { seed: plan.seed, ...arm.options },
          source: seeded(source, cell, plan.seed),
          database: resolve(path),
          experiment: plan.name,
          tags: [`arm:${cell.arm}`, `round:${cell.round}`],
          memo: { experiment: id, arm: cell.arm, round: cell.round, plan },
        },
        tell,
        signal,
      );
      return runIds.map((runId) => recordOf(opened, runId));
    },
    findings: () => gate?.findings() ?? [],
    notes: () => found.notes,
    [Symbol.dispose]: () => {
      if (isOwn) opened.close();
    },
  };
}

/** Who asks for a quick look does not want to wait for long. */
const QUICK_WAIT_SECONDS = 10;

async function placeOf({ model, precision }: PlannedArm): Promise<PlacedModel> {
  const { path, onnxPath } = await loadModel(model, { precision: precision ?? undefined });
  const isFile = /\.(onnx|ort)$/.test(model);
  return { path: isFile ? resolve(model) : path, precision, hash: modelHash(onnxPath) };
}

function recordOf(database: ProfileDatabase, runId: string): RunRecord {
  const run = database.getRun(runId);
  if (run === null) throw new Error(`The run ${runId} is not in ${database.path}`);
  return run;
}

/** A simulated meter would have the same faults in all processes. */
function seeded(source: PowerSourceSpec, cell: Cell, seed: number): PowerSourceSpec {
  return source.name === "rig" ? { ...source, seed: seedOf(cell, source.seed ?? seed) } : source;
}

function hostOrNull(): string | null {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? hostname() : null;
}
