import { checkComponents } from "../model/cut/mod.ts";
import type { Model } from "../model/mod.ts";
import { type AskedPrompt, askedPrompt, type OnePrompt, type PromptBatch } from "./asked_prompt.ts";
import type { ProfileOptions, ProfilePlan } from "./options.ts";
import { checkBatch, planOf } from "./plan.ts";

/** What is to be measured, and how. */
export interface Checked {
  plan: ProfilePlan;
  asked: AskedPrompt;
}

/** Options with their defaults and the prompt as the model reads it; `InputError` as below. */
export function checked(
  model: Model,
  prompt: OnePrompt | PromptBatch,
  options: ProfileOptions,
): Checked {
  const plan = planOf(options);
  const asked = askedPrompt(model, prompt, plan.batchSize);
  checkBatch(plan, asked.promptIds.length);
  checkComponents(model, plan.amplify ?? "all");
  return { plan, asked };
}

/**
 * Refuses what `profile()` would refuse of the same arguments, without running anything.
 *
 * @throws {InputError} if an option or the prompt cannot be used
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkProfile, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * checkProfile(model, "Once upon a time", { amplify: ["down_proj"] });
 * assert.throws(() => checkProfile(model, "Once", { amplify: ["nope"] }), /Cannot amplify "nope"/);
 * ```
 */
export function checkProfile(
  model: Model,
  prompt: OnePrompt | PromptBatch,
  options: ProfileOptions = {},
): void {
  checked(model, prompt, options);
}
