/**
 * What no signature tells of a graph: whether it continues its cache with several tokens, and answers
 * sequences together as it does alone. It is tried once for a model.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { batchRefusal, runsBatches } from "./batch_trial.ts";
import { continuesWithMany } from "./chunk_trial.ts";
import type { DecoderInputs, ModelFacts } from "./decoder_inputs.ts";

/** What was found out of models: whether they continue a cache with several tokens. */
const takesChunks = new WeakMap<ModelFacts, boolean>();
/** Whether they answer batches as they answer their sequences alone, by whether there is padding. */
const takesBatches = new WeakMap<ModelFacts, Map<boolean, boolean>>();

/** Runs passes over a cache of their own, and returns the logits after the last tokens. */
export type TrialRows = (
  padding: readonly number[],
  ...passes: number[][]
) => Promise<Float32Array[]>;

/** The trials of one session. */
export class Trials {
  readonly #model: ModelFacts;
  readonly #inputs: DecoderInputs;
  readonly #aside: ((work: (rows: TrialRows) => Promise<boolean>) => Promise<boolean>) | null;

  /** `aside` runs a trial beside the texts under way; `null` where nothing is to be tried here. */
  constructor(
    model: ModelFacts,
    inputs: DecoderInputs,
    aside: ((work: (rows: TrialRows) => Promise<boolean>) => Promise<boolean>) | null,
  ) {
    this.#model = model;
    this.#inputs = inputs;
    this.#aside = aside;
  }

  /** Whether the graph continues its cache with several tokens; what is not known counts as no. */
  async takesChunks(): Promise<boolean> {
    if (this.#inputs.prefillBy !== "chunk") return false;
    const known = takesChunks.get(this.#model);
    if (known !== undefined || this.#aside === null) return known ?? false;
    const { cache } = this.#inputs;
    const found = await this.#aside((rows) =>
      continuesWithMany(async (...passes) => (await rows([0], ...passes))[0]!, cache)
    );
    takesChunks.set(this.#model, found);
    return found;
  }

  /** Refuses a batch that the graph cannot run, or runs otherwise than its sequences alone. */
  async checkBatch(padding: readonly number[]): Promise<void> {
    const isPadded = padding.some((places) => places > 0);
    if (padding.length === 1 && !isPadded) return;
    const problem = batchRefusal(this.#inputs, isPadded) ??
      (await this.#takesBatches(isPadded)
        ? null
        : `answers ${isPadded ? "padded " : ""}sequences otherwise together than alone`);
    if (problem === null) return;
    throw new InputError(
      `Cannot run a batch of ${padding.length}${isPadded ? " unequal" : ""} sequences: the ` +
        `graph of "${this.#model.onnxPath}" ${problem}`,
      {
        remedy: isPadded
          ? "use prompts of as many tokens each, or run them one by one"
          : "run them one by one",
      },
    );
  }

  async #takesBatches(isPadded: boolean): Promise<boolean> {
    const known = takesBatches.get(this.#model) ?? new Map<boolean, boolean>();
    takesBatches.set(this.#model, known);
    const before = known.get(isPadded);
    if (before !== undefined || this.#aside === null) return before ?? false;
    const { cache } = this.#inputs;
    const found = await this.#aside((rows) => runsBatches(rows, cache, isPadded));
    known.set(isPadded, found);
    return found;
  }
}
