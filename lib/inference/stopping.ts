/**
 * When an answer ends.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Model } from "../model/mod.ts";

/** Tokens that are generated where nobody says how many. */
const USUAL_LENGTH = 64;

/** Most tokens of an answer; `InputError` where it is no count. */
export function checkLength(maxNewTokens: number = USUAL_LENGTH): number {
  if (Number.isSafeInteger(maxNewTokens) && maxNewTokens >= 1) return maxNewTokens;
  throw new InputError(`Cannot generate ${maxNewTokens} tokens`, {
    remedy: "use a whole number of at least 1",
  });
}

/** Tokens that end an answer: those that are given, else the model's own. */
export function stopTokens(
  { generation }: Model,
  { stopTokenIds, ignoreEos }: {
    stopTokenIds?: readonly number[] | undefined;
    ignoreEos?: boolean | undefined;
  },
): ReadonlySet<number> {
  return new Set(stopTokenIds ?? (ignoreEos ? [] : generation.eosTokenIds));
}
