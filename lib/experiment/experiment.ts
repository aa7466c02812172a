import { InputError } from "../errors.ts";
import type { PowerSourceSpec } from "../power/mod.ts";
import type { ProfileDatabase } from "../store/mod.ts";
import type { AdmissionOptions } from "./admission.ts";
import { conduct, type Laboratory } from "./conduct.ts";
import type { ExperimentDefinition } from "./definition.ts";
import { experimentId } from "./identity.ts";
import { judge } from "./judge.ts";
import { orderOf } from "./order.ts";
import { type ExperimentPlan, planExperiment } from "./plan.ts";
import type { ExperimentProgress } from "./progress.ts";
import type { ExperimentResult } from "./result.ts";
import { simulatedLaboratory, type Simulation } from "./simulated.ts";

/** The circumstances of an experiment: what is not a part of it. */
export interface ExperimentOptions {
  /** Where its runs are written, and where those of an earlier session are found. Default `tokenwatt.db`. */
  database?: string | ProfileDatabase;
  /** Where power comes from; default: what `detectPowerSource()` finds. */
  source?: PowerSourceSpec | string;
  /** At most three processes an arm, and short runs: to see that it works. Default false. */
  quick?: boolean;
  /** When a round may begin; `false`: at any time. */
  admission?: AdmissionOptions | false;
  /** Plays it on the virtual rig instead: same seed, same result. Nothing is stored. */
  simulate?: Simulation;
  /** Ends it after the run that is under way; run again, it goes on from there. */
  signal?: AbortSignal;
  /** Called when something has changed, about ten times a second. */
  live?: (progress: ExperimentProgress) => void;
}

/**
 * Runs every arm in processes of its own, interleaved, and says how the arms differ and how sure
 * that is.
 *
 * Each round runs one process of every arm, once the machine is idle. Every process profiles all
 * prompts and writes its runs into the database, under the experiment's name and with its whole
 * definition. A process that crashes is run once more. What an earlier session has completed is not
 * run again.
 *
 * Starting processes needs `--allow-run=deno`; they may do what `deno task profile` may.
 *
 * @param name its runs are stored under it
 * @param definition arms, prompts and what is expected: plain data
 * @throws {InputError} where the definition, a model, the source or the database cannot be used
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { experiment } from "@tokenwatt/tokenwatt";
 *
 * const result = await experiment("a tenth", {
 *   arms: { plain: { model: "models/tinytales" }, changed: { model: "models/tinytales", threads: 1 } },
 *   prompts: ["Once upon a time"],
 *   expect: { changed: { moreThan: "plain", by: 0.1 } },
 * }, { simulate: { costs: { changed: 1.3 } } });
 * assert.equal(result.outcome, "pass", result.verdict);
 * ```
 */
export async function experiment(
  name: string,
  definition: ExperimentDefinition,
  options: ExperimentOptions = {},
): Promise<ExperimentResult> {
  const plan = planExperiment(name, definition, options.quick);
  const { simulate, signal, live } = options;
  if (simulate !== undefined) {
    const id = experimentId({ plan, simulate });
    return await resultOf(plan, id, "simulated", simulatedLaboratory(plan, simulate), {
      signal,
      live,
    });
  }
  const { realLaboratory } = await import("./real.ts");
  using laboratory = await realLaboratory(plan, options);
  const { id, source } = laboratory;
  const result = await resultOf(plan, id, source, laboratory, { signal, live });
  return {
    ...result,
    findings: [...laboratory.findings(), ...result.findings],
    notes: [...result.notes, ...laboratory.notes()],
  };
}

async function resultOf(
  plan: ExperimentPlan,
  id: string,
  source: string,
  laboratory: Laboratory,
  how: Parameters<typeof conduct>[3],
): Promise<ExperimentResult> {
  const names = plan.arms.map((arm) => arm.name);
  const order = orderOf(names, plan.processes, plan.order, plan.seed);
  const { cells, failures, interrupted } = await conduct(plan, order, laboratory, how);
  if (cells.size === 0 && failures.length > 0) {
    throw new InputError(
      `Cannot run the experiment "${plan.name}": every process failed, the first one with ${
        failures[0]?.reason
      }`,
      { remedy: "try one of its arms with deno task profile" },
    );
  }
  return {
    name: plan.name,
    id,
    status: interrupted ? "interrupted" : "complete",
    plan,
    source,
    order,
    failures,
    ...judge(plan, order, cells),
  };
}
