import { COMPARISON_METRICS, type ComparisonMetric } from "../analysis/mod.ts";
import { InputError } from "../errors.ts";
import {
  asPlainData,
  checkExpectations,
  checkOptions,
  isCount,
  isPrompt,
  isRecord,
} from "./checks.ts";
import type {
  ArmOptions,
  Expectation,
  ExperimentArm,
  ExperimentDefinition,
  ExperimentOrder,
  ExperimentPrompt,
} from "./definition.ts";

/** An arm with all that its processes need. */
export interface PlannedArm {
  /** What it is called. */
  name: string;
  /** As it was written. */
  model: string;
  /** Which variant. */
  precision: string | null;
  /** One run each, in every process. */
  prompts: readonly ExperimentPrompt[];
  /** Of `profile()`. */
  options: ArmOptions & { repetitions: number };
}

/** A definition with everything filled in. */
export interface ExperimentPlan {
  /** Its runs are stored under it. */
  name: string;
  /** What it asks. */
  question: string | null;
  /** All arms, the null arm last. */
  arms: PlannedArm[];
  /** The arm that all others are compared with. */
  baseline: string;
  /** The baseline under another name; `null` where it does not run again. */
  nullArm: string | null;
  /** Processes of each arm. */
  processes: number;
  /** In what order. */
  order: ExperimentOrder;
  /** Seconds between processes. */
  cooldown: number;
  /** What is compared. */
  metric: ComparisonMetric;
  /** By arm. */
  expect: Readonly<Record<string, Expectation>>;
  /** Of all that is drawn. */
  seed: number;
  /** Whether it was cut short. */
  quick: boolean;
}

/** What `--quick` leaves of an experiment: enough to see that it works. */
const QUICK = { processes: 3, minSeconds: 1.5, baselineSeconds: 1, cooldown: 0 };

/**
 * Fills in defaults and refuses what cannot be meant.
 *
 * @throws {InputError} naming what was found and what it may be
 */
export function planExperiment(
  name: string,
  definition: ExperimentDefinition,
  quick = false,
): ExperimentPlan {
  const refuse = (problem: string, remedy: string): never => {
    throw new InputError(`Cannot run the experiment "${name}": ${problem}`, { remedy });
  };
  const demand = (holds: boolean, problem: string, remedy: string) => {
    if (!holds) refuse(problem, remedy);
  };
  demand(typeof name === "string" && name.trim() !== "", "it has no name", "name it");
  const { arms, prompts = [], expect = {}, options = {}, question = null } = definition;
  const { order = "abba", metric = "joulesPerToken", seed = 1, nullArm = true } = definition;
  const { repetitions = 1, processes = 6, cooldown = 1 } = definition;
  const names = Object.keys(isRecord(arms) ? arms : {});
  demand(names.length > 0, "it has no arms", "pass arms, such as { fp32: { model: … } }");
  demand(isRecord(options), `options is ${options}`, "pass an object, or leave it out");
  demand(isRecord(expect), `expect is ${expect}`, "pass an object, or leave it out");
  // They come first, in ascending order, wherever they were written: another arm would be the first.
  const number = names.find((arm) => /^\d+$/.test(arm));
  demand(number === undefined, `arm "${number}" is called by a number`, "add a word to it");
  demand(
    names.length > 1 || nullArm,
    `it has one arm, "${names[0]}", and no null arm`,
    "add an arm to compare it with",
  );
  demand(isCount(processes, 1, 1000), `processes is ${processes}`, "pass 1 to 1000");
  demand(isCount(repetitions, 1, 1e6), `repetitions is ${repetitions}`, "pass 1 or more");
  demand(cooldown >= 0 && cooldown <= 3600, `cooldown is ${cooldown}`, "pass 0 to 3600 seconds");
  demand(isCount(seed, 0, 2 ** 31 - 1), `seed is ${seed}`, "pass a whole number below 2^31");
  demand(["abba", "random"].includes(order), `order is "${order}"`, 'pass "abba" or "random"');
  demand(
    (COMPARISON_METRICS as readonly string[]).includes(metric) || /^component:./.test(metric),
    `metric is "${metric}"`,
    `pass ${COMPARISON_METRICS.join(", ")} or component:NAME`,
  );
  checkOptions(options, "options", refuse);
  const planned = names.map((arm): PlannedArm => {
    const { model, precision, prompts: own = prompts, ...rest } = arms[arm] ?? {} as ExperimentArm;
    demand(typeof model === "string", `arm "${arm}" has no model`, "pass a path or an id as model");
    checkOptions(rest, `arm "${arm}"`, refuse);
    demand(
      Array.isArray(own) && own.length > 0 && own.every(isPrompt),
      `arm "${arm}" has no prompts`,
      "pass prompts: texts, or arrays of token ids",
    );
    const asked = { ...options, ...rest };
    return {
      name: arm,
      model,
      precision: precision ?? null,
      prompts: own,
      options: { ...asked, ...(quick ? quickened(asked) : {}), repetitions },
    };
  });
  const counts = new Set(planned.map((arm) => arm.prompts.length));
  demand(
    counts.size === 1,
    `its arms have ${[...counts].join(" and ")} prompts`,
    "give each arm as many, so that they can be paired",
  );
  checkExpectations(expect, names, refuse);
  const [baseline] = planned as [PlannedArm];
  const again = freeName(`${baseline.name} again`, names);
  const plan = {
    name,
    question,
    arms: nullArm ? [...planned, { ...baseline, name: again }] : planned,
    baseline: baseline.name,
    nullArm: nullArm ? again : null,
    processes: quick ? Math.min(processes, QUICK.processes) : processes,
    order,
    cooldown: quick ? QUICK.cooldown : cooldown,
    metric,
    expect,
    seed,
    quick,
  };
  return asPlainData(plan, refuse);
}

function quickened({ minSeconds = Infinity, baselineSeconds = Infinity }: ArmOptions): ArmOptions {
  return {
    minSeconds: Math.min(minSeconds, QUICK.minSeconds),
    baselineSeconds: Math.min(baselineSeconds, QUICK.baselineSeconds),
  };
}

function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? freeName(`${name} again`, taken) : name;
}
