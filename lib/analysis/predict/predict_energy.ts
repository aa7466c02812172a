import { InputError } from "../../errors.ts";
import { threeDigits } from "../../quantities.ts";
import type { Finding } from "../../record.ts";
import {
  type AcceptedDifference,
  checkConditions,
  type ComparisonMetric,
  figureOf,
  having,
} from "../compare/mod.ts";
import type { Estimate } from "../estimate.ts";
import { type ModelWork, modelWork } from "../model_work.ts";
import { ofOneText, type RunRecord } from "../run_record.ts";
import {
  costOf,
  learnPhase,
  LEAST_MODELS,
  type PhaseModel,
  type Range,
  type WorkPoint,
} from "./cost_model.ts";
import { decodeWork, type PhaseWork, prefillWork } from "./phase_work.ts";

/** What is asked for: a model that nobody measured, a prompt, an answer. */
export interface PredictionTarget {
  /** What the model does for a token. */
  work: ModelWork;
  /** Tokens of the prompt. */
  promptTokens: number;
  /** Tokens of the answer. */
  newTokens: number;
}

/** The energy of a model that was not measured. */
export interface Prediction {
  /** Of the prompt, in J. Ends are those that 19 of 20 models stayed within. */
  prefillJoules: Estimate;
  /** Of a decoded token, in J. */
  joulesPerToken: Estimate;
  /** Of prompt and answer, in J: as if both erred alike, which is the worst case. */
  joules: Estimate;
  /** What was learned of the prefill. */
  prefill: PhaseModel;
  /** What was learned of a decode step. */
  decode: PhaseModel;
  /** Names of the models that it was learned from. */
  models: string[];
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}

/**
 * What a model would cost that was never run, by the operations and the bytes of its tokens.
 *
 * Each phase is a fixed cost, a cost by operation and a cost by byte, none below 0, fitted to what
 * other models cost here. Its error is that of models which were left out of the fit in turn.
 *
 * @param runs of at least four models, on one machine, whose `details.model` is known
 * @throws {InputError} for fewer models, or a target outside of what they cover
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type ModelWork, predictEnergy, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * function joules(database: ProfileDatabase, work: ModelWork): number {
 *   const runs = database.getRuns({ status: "complete", limit: -1 });
 *   return predictEnergy(runs, { work, promptTokens: 128, newTokens: 64 }).joules.value;
 * }
 * assert(typeof joules === "function");
 * ```
 */
export function predictEnergy(
  runs: readonly RunRecord[],
  target: PredictionTarget,
  options: { accept?: readonly AcceptedDifference[] } = {},
): Prediction {
  const { work, promptTokens, newTokens } = target;
  checkTarget(target);
  const leftOut: string[] = [];
  const single = ofOneText(runs, leftOut);
  const known = single.filter((run) => run.totals !== null && modelWork(run) !== null);
  const found = having(known, "joulesPerToken");
  const models = [...new Set(found.map(nameOf))];
  const decode = learnPhase(pointsOf(found, "joulesPerToken"));
  const prefill = learnPhase(
    pointsOf(having(known, "joulesPerPromptToken"), "joulesPerPromptToken"),
  );
  if (decode === null || prefill === null) {
    throw new InputError(
      `Cannot predict from ${models.length} ${models.length === 1 ? "model" : "models"} (${
        models.join(", ") || "none"
      }): ` +
        `at least ${LEAST_MODELS} with energy of both phases are needed`,
      { remedy: "profile more models, of several sizes, on this machine" },
    );
  }
  const { findings, notes } = checkConditions([found], true, options.accept);
  notes.push(...leftOut);
  if (known.length < single.length) {
    notes.push(
      `${single.length - known.length} of ${runs.length} runs left out: operations not known`,
    );
  }
  const step = decodeWork(work, promptTokens, newTokens);
  const prompt = prefillWork(work, promptTokens);
  checkRange(step, decode, "a decode step");
  checkRange(prompt, prefill, "the prefill");
  const [prefillJoules, joulesPerToken] = [estimate(prefill, prompt), estimate(decode, step)];
  const steps = newTokens - 1;
  const sum = (end: "value" | "low" | "high") => prefillJoules[end]! + steps * joulesPerToken[end]!;
  const joules = { value: sum("value"), low: sum("low"), high: sum("high"), resolved: false };
  const { typicalPercent } = decode.crossValidated;
  return {
    prefillJoules,
    joulesPerToken,
    joules,
    prefill,
    decode,
    models,
    findings,
    notes,
    verdict: `About ${joules.value.toPrecision(3)} J (${joules.low.toPrecision(3)} to ` +
      `${
        joules.high.toPrecision(3)
      }), learned from ${models.length} models; left-out models were ` +
      `off by ${typicalPercent.toPrecision(2)} % in decoding`,
  };
}

function pointsOf(runs: readonly RunRecord[], metric: ComparisonMetric): WorkPoint[] {
  const groups = Map.groupBy(runs, (run) => {
    const { promptTokens, generatedTokens } = run.totals!;
    return `${promptTokens} ${generatedTokens} ${nameOf(run)}`;
  });
  return [...groups.values()].map((group) => {
    const first = group[0]!;
    const { promptTokens, generatedTokens } = first.totals!;
    const work = modelWork(first)!;
    const { value } = figureOf(group, metric)!;
    return metric === "joulesPerToken"
      ? {
        model: nameOf(first),
        joules: value,
        ...decodeWork(work, promptTokens, generatedTokens),
      }
      : { model: nameOf(first), joules: value * promptTokens, ...prefillWork(work, promptTokens) };
  });
}

function nameOf({ model }: RunRecord): string {
  return `${model.name} ${model.precision}`;
}

/** Learned from others, it is `resolved` never. */
function estimate(model: PhaseModel, work: PhaseWork): Estimate {
  const value = costOf(model, work);
  const { low, high } = model.crossValidated;
  return { value, low: value * low, high: value * high, resolved: false };
}

function checkTarget({ work, promptTokens, newTokens }: PredictionTarget): void {
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0;
  if (isCount(promptTokens) && isCount(newTokens) && Object.values(work).every(isAmount)) return;
  throw new RangeError(
    `Cannot predict ${newTokens} tokens after ${promptTokens} of ${JSON.stringify(work)}; pass ` +
      "counts of 1 or more, operations and bytes of 0 or more",
  );
}

function checkRange({ flops, bytes }: PhaseWork, { range }: PhaseModel, what: string): void {
  const demand = (value: number, { low, high }: Range, unit: string, verb: string) => {
    // Rounding alone must not refuse a model that was measured.
    if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) return;
    throw new InputError(
      `Cannot predict: ${what} ${verb} ${withPrefix(value)} ${unit}, and the runs cover ` +
        `${withPrefix(low)} to ${withPrefix(high)}`,
      { remedy: "profile a model or prompt beyond it first, or ask for one inside" },
    );
  };
  demand(flops, range.flops, "operations", "does");
  demand(bytes, range.bytes, "bytes", "reads");
  demand(flops / bytes, range.flopsPerByte, "operations by byte", "does");
}

/** With a prefix from a million on: "2.5 operations by byte", "1.23 G operations". */
function withPrefix(value: number): string {
  const [prefix, size] = ([["T", 1e12], ["G", 1e9], ["M", 1e6]] as const)
    .find(([, size]) => value >= size) ?? ["", 1];
  return `${threeDigits(value / size)}${prefix === "" ? "" : ` ${prefix}`}`;
}
