/**
 * Whether a prompt can be run, and in which passes.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Model } from "../model/mod.ts";
import type { Session } from "./engine.ts";

/** Tokens of a pass where nobody says otherwise: scores and activations of so many stay small. */
export const DEFAULT_CHUNK = 512;

/**
 * Refuses ids that the model does not know.
 *
 * @throws {InputError} naming the first of them, or where there are none
 */
export function checkIds(model: Model, ids: readonly number[]): void {
  if (ids.length === 0) {
    throw new InputError("Cannot answer an empty prompt", { remedy: "pass at least one token" });
  }
  const { vocabSize } = model.features;
  const foreign = ids.find((id) =>
    !Number.isSafeInteger(id) || id < 0 || id >= (vocabSize ?? 2 ** 31)
  );
  if (foreign === undefined) return;
  if (vocabSize === null) {
    throw new InputError(`Cannot run the token ${foreign}`, {
      remedy: "use whole numbers of at least 0 that the model's tokenizer gives",
    });
  }
  throw new InputError(
    `Cannot run the token ${foreign}: the vocabulary of ${model.name} has ${vocabSize} tokens`,
    { remedy: `use ids from 0 to ${vocabSize - 1}, or the tokenizer of this model` },
  );
}

/** Tokens that can follow a prompt of `length`; `InputError` where there is no room for one. */
export function roomAfter(model: Model, length: number, capacity: number | null = null): number {
  const limit = Math.min(model.contextLength ?? Infinity, capacity ?? Infinity);
  if (length + 1 <= limit) return limit - length;
  throw new InputError(
    `Cannot run a prompt of ${length} tokens: the context of ${model.name} holds ${limit}`,
    { remedy: `shorten it to at most ${limit - 1} tokens` },
  );
}

/** Tokens of a pass over a prompt of `length`; `InputError` where it was asked for what cannot be. */
export async function chunkLength(
  model: Model,
  session: Session,
  length: number,
  asked: number | undefined,
): Promise<number> {
  if (asked !== undefined && !(Number.isSafeInteger(asked) && asked >= 1)) {
    throw new InputError(`Cannot prefill in chunks of ${asked} tokens`, {
      remedy: "use a whole number of at least 1, or leave it out",
    });
  }
  const chunk = await session.passLength(length, asked ?? DEFAULT_CHUNK);
  if (asked === undefined || chunk <= asked) return chunk;
  throw new InputError(
    `Cannot prefill ${length} tokens in chunks of ${asked}: the graph of ${model.name} continues ` +
      "its cache with one token only",
    { remedy: "leave the chunks out, so that the prompt is run in one pass" },
  );
}
