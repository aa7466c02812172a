import { InputError } from "../errors.ts";
import { createSampler, providerDetail, type ProviderName } from "../inference/mod.ts";
import type { Depth } from "../record.ts";
import type { ProfileOptions, ProfilePlan } from "./options.ts";

/**
 * Fills in defaults and refuses what cannot be meant.
 *
 * @throws {InputError} naming the option, the value and what it may be
 */
export function planOf(options: ProfileOptions): ProfilePlan {
  const plan = {
    ...options,
    maxNewTokens: options.maxNewTokens ?? 64,
    warmup: options.warmup ?? 1,
    repetitions: options.repetitions ?? 1,
    minSeconds: options.minSeconds ?? 3,
    maxSeconds: options.maxSeconds ?? 60,
    baselineSeconds: options.baselineSeconds ?? 5,
    intervalMs: options.intervalMs ?? 100,
    seed: options.seed ?? 1,
    resolve: options.resolve ?? "phases",
    resolveSeconds: options.resolveSeconds ?? 120,
    depth: options.depth ?? depthFor(options),
    activations: options.activations ?? false,
  };
  demand("maxNewTokens", plan.maxNewTokens, isCount(plan.maxNewTokens, 1), "an integer above 0");
  demand("warmup", plan.warmup, isCount(plan.warmup, 0), "an integer, 0 or more");
  demand("repetitions", plan.repetitions, isCount(plan.repetitions, 1), "an integer above 0");
  demand("minSeconds", plan.minSeconds, isSeconds(plan.minSeconds), "0 or more seconds");
  demand("maxSeconds", plan.maxSeconds, plan.maxSeconds > 0, "more than 0 seconds");
  demand(
    "baselineSeconds",
    plan.baselineSeconds,
    isSeconds(plan.baselineSeconds),
    "0 or more seconds",
  );
  demand("resolve", plan.resolve, RESOLVE.includes(plan.resolve), RESOLVE.join(" or "));
  demand("resolveSeconds", plan.resolveSeconds, plan.resolveSeconds > 0, "more than 0 seconds");
  const { threads, database, depth, activations, sparsityBelow = 1e-4 } = plan;
  demand("depth", depth, DEPTHS.includes(depth), DEPTHS.join(", "));
  demand("activations", activations, [false, true, "deep"].includes(activations), 'true or "deep"');
  demand(
    "activations at depth",
    depth,
    !activations || depth !== "token",
    "component or operation: activations belong to components",
  );
  const { amplify = "all" } = plan;
  demand("amplify", `"${amplify}"`, amplify === "all" || isNames(amplify), "components, or all");
  demand(
    "amplify at depth",
    depth,
    !plan.amplify || depth !== "token",
    "component or operation: what is amplified are components",
  );
  demand("sparsityBelow", sparsityBelow, sparsityBelow >= 0, "a number, 0 or more");
  const { prefillChunk: chunk } = plan;
  demand("prefillChunk", chunk, chunk === undefined || isCount(chunk, 1), "an integer above 0");
  demand("threads", threads, threads === undefined || isCount(threads, 1), "an integer above 0");
  const { batchSize = 1, provider = "cpu" } = plan;
  demand("batchSize", batchSize, isCount(batchSize, 1), "an integer above 0");
  checkDetail(provider, plan);
  createSampler(plan);
  demand(
    "database",
    typeof database,
    database === undefined || typeof database.createRun === "function",
    "a database, as ProfileDatabase.open(path) returns it",
  );
  return plan;
}

/**
 * Refuses what cannot be told of the steps of a batch.
 *
 * @throws {InputError} naming the option
 */
export function checkBatch({ depth, resolve }: ProfilePlan, size: number): void {
  if (size === 1) return;
  const asked = depth !== "token" ? `depth ${depth}` : resolve === "tokens" ? "resolve tokens" : "";
  if (asked === "") return;
  throw new InputError(`Cannot profile a batch of ${size} with ${asked}`, {
    remedy: "look inside one prompt by itself: only the steps of a batch as a whole are told apart",
  });
}

/** Where no operation is timed by itself, a twin would tell nothing, or of another processor. */
function checkDetail(provider: ProviderName, { depth, amplify }: ProfilePlan): void {
  const asked = amplify
    ? "amplify"
    : provider === "coreml" && depth !== "token"
    ? `depth ${depth}`
    : "";
  if (provider === "cpu" || asked === "") return;
  throw new InputError(
    `Cannot profile with ${asked} on ${provider}: ` +
      (amplify ? "loops of components run on the CPU only" : providerDetail(provider)),
    { remedy: `use depth token, or the provider cpu` },
  );
}

const RESOLVE: readonly ProfilePlan["resolve"][] = ["phases", "repetitions", "tokens"];
const DEPTHS: readonly Depth[] = ["token", "component", "operation"];

function depthFor({ activations, amplify }: ProfileOptions): Depth {
  if (activations === "deep") return "operation";
  return activations || amplify ? "component" : "token";
}

function demand(name: string, value: unknown, holds: boolean, meaning: string): void {
  if (holds) return;
  throw new InputError(`Cannot profile with ${name} ${value}`, { remedy: `pass ${meaning}` });
}

function isNames(names: readonly string[]): boolean {
  return Array.isArray(names) && names.length > 0 &&
    names.every((name) => typeof name === "string" && name !== "" && name !== "all");
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function isSeconds(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
