import { InputError } from "../errors.ts";
import { checkIds } from "../inference/mod.ts";
import type { ChatPrompt, Model } from "../model/mod.ts";
import type { Prompt } from "./messages.ts";

/** One text: to continue, as `chatPrompt` has written it, or as token ids. */
export type OnePrompt = string | ChatPrompt | readonly number[];

/** Texts that are answered at once, all of one kind. */
export type PromptBatch =
  | readonly string[]
  | readonly ChatPrompt[]
  | readonly (readonly number[])[];

/** What a run is asked, with the ids that the model reads of each text. */
export interface AskedPrompt extends Prompt {
  promptIds: number[][];
}

/** What is asked; `InputError` where the model cannot be asked that. */
export function askedPrompt(
  model: Model,
  prompt: OnePrompt | PromptBatch,
  batchSize: number | undefined,
): AskedPrompt {
  const texts = isBatch(prompt) ? prompt.map((one) => onePrompt(model, one)) : null;
  if (texts !== null && batchSize !== undefined && batchSize !== texts.length) {
    throw new InputError(
      `Cannot profile a batch of ${batchSize} with ${texts.length} prompts`,
      { remedy: "leave the batch size out, or pass one prompt to be answered so many times" },
    );
  }
  const all = texts ?? new Array(batchSize ?? 1).fill(onePrompt(model, prompt as OnePrompt));
  const promptIds = all.map((one) => checkedIds(model, one));
  const [first] = all as [Prompt];
  if (all.length === 1) return { ...first, promptIds };
  const prompts = new Set(all.map((one) => one.prompt));
  return {
    prompt: [...prompts].join("\n"),
    addSpecialTokens: first.addSpecialTokens,
    batch: all.map((one) => one.ids ?? one.prompt),
    promptIds,
  };
}

function isBatch(prompt: OnePrompt | PromptBatch): prompt is PromptBatch {
  return Array.isArray(prompt) && prompt.length > 0 && typeof prompt[0] !== "number";
}

function onePrompt({ tokenizer }: Model, prompt: OnePrompt): Prompt {
  if (typeof prompt === "string") return { prompt, addSpecialTokens: true };
  if ("text" in prompt) {
    const asked = { prompt: prompt.text, addSpecialTokens: false };
    const read = tokenizer.encode(prompt.text, { addSpecialTokens: false });
    // As text where that says the same: from ids, tokenizing would not be measured.
    return isSame(read, prompt.ids) ? asked : { ...asked, ids: [...prompt.ids] };
  }
  const ids = [...prompt];
  return { prompt: tokenizer.decode(ids) || ids.join(" "), addSpecialTokens: false, ids };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

function checkedIds(model: Model, { prompt, addSpecialTokens, ids }: Prompt): number[] {
  const read = ids ?? model.tokenizer.encode(prompt, { addSpecialTokens });
  const { length } = read;
  const most = model.contextLength;
  if (length === 0) {
    throw new InputError("Cannot profile an empty prompt", { remedy: "pass some text" });
  }
  if (most !== null && length >= most) {
    throw new InputError(
      `Cannot profile a prompt of ${length} tokens: the context of ${model.name} holds ${most}`,
      { remedy: "shorten the prompt, or choose a model with a longer context" },
    );
  }
  checkIds(model, read);
  return read;
}
