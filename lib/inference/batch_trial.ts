/**
 * Whether a graph runs several sequences at once, and answers each as it does alone.
 *
 * Some signatures rule it out. That others hold what they promise is tried: a graph may ignore its
 * mask, count positions from the start of the padding, or turn a row without any token into NaN.
 *
 * @module
 */
import type { CacheSlot } from "./cache_slots.ts";
import { agree, toleranceOf } from "./chunk_trial.ts";
import type { DecoderInputs } from "./decoder_inputs.ts";

/** Why a graph's signature rules a batch out, as the end of a sentence; `null` where it does not. */
export function batchRefusal({ feeds, cache }: DecoderInputs, isPadded: boolean): string | null {
  for (const { name, role, shape } of feeds) {
    switch (role) {
      case "ids":
        if (shape.length !== 2 || typeof shape[0] === "number") {
          return `takes one text at a time: its input "${name}" has the shape [${
            shape.join(", ")
          }]`;
        }
        break;
      case "mask":
        if (shape.length !== 2 || shape.some((dim) => typeof dim === "number")) {
          return `has the mask "${name}" of the shape [${shape.join(", ")}], which is for one text`;
        }
        break;
      case "pastLength":
      case "totalLength":
      case "lastIndex":
        return `counts the tokens of one text in its input "${name}"`;
    }
  }
  const alone = cache.find(({ kind, batchAxis }) => kind === "buffer" || batchAxis === null);
  if (alone !== undefined) return `keeps the cache "${alone.input}" of one text`;
  if (!isPadded) return null;
  if (cache.some(({ kind }) => kind === "state")) {
    return "keeps a state, which padding would change";
  }
  return feeds.some(({ role }) => role === "mask")
    ? null
    : "has no attention mask to leave padding out with";
}

/**
 * Runs two sequences together and alone, and compares what follows their prompts.
 *
 * @param rows runs passes over empty caches and returns the logits after the last tokens
 */
export async function runsBatches(
  rows: (padding: readonly number[], ...passes: number[][]) => Promise<Float32Array[]>,
  cache: readonly CacheSlot[],
  isPadded: boolean,
): Promise<boolean> {
  const tolerance = toleranceOf(cache);
  const long = [1, 2, 3, 4, 5];
  const short = isPadded ? [6, 7] : [6, 7, 1, 2, 3];
  const places = long.length - short.length;
  try {
    const padded = [...new Array<number>(places).fill(0), ...short];
    const both = await rows([0, places], [...long, ...padded], [2, 3]);
    const [first] = await rows([0], long, [2]);
    const [second] = await rows([0], short, [3]);
    return agree(first!, both[0]!, tolerance) && agree(second!, both[1]!, tolerance);
  } catch {
    return false;
  }
}
