/**
 * A decoder that an engine runs: it feeds passes, hands the cache on, and looks after both.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";
import { batchRefusal, runsBatches } from "./batch_trial.ts";
import { continuesWithMany } from "./chunk_trial.ts";
import { type DecoderInputs, decoderInputs, type ModelFacts } from "./decoder_inputs.ts";
import type { EngineName, Instrumentation, OpenedSession, SessionMark } from "./engine.ts";
import { type FeedMaker, feedMaker, type Ids } from "./feeds.ts";
import { bytesOf, type HostTensor, type HostType, sizeOf, zeros } from "./host_tensor.ts";
import { runFailure } from "./ort_failures.ts";
import type { ProviderName } from "./providers.ts";
import type { Kept, Runner } from "./runner.ts";

/** Room of a static cache whose length is free, where nobody says how much is needed. */
const DEFAULT_ROOM = 2048;

/** One text. */
const ALONE: readonly number[] = [0];

/** What was found out of models: whether they continue a cache with several tokens. */
const takesChunks = new WeakMap<ModelFacts, boolean>();
/** Whether they answer batches as they answer their sequences alone, by whether there is padding. */
const takesBatches = new WeakMap<ModelFacts, Map<boolean, boolean>>();

/** A text under way, or several of them at once. */
interface Texts {
  /** For each of them, how many of its first places hold nothing. */
  padding: readonly number[];
  cache: Kept[];
  pastLength: number;
  room: number;
  /** Whether a layer's cache has left out what lies before its window: the trial was too short for that. */
  hasDropped: boolean;
}

/** What a session runs on. */
export interface RunsOn {
  engine: EngineName;
  engineNote: string | null;
  provider: ProviderName;
  stopsInside: boolean;
}

/** Makes a session of a loaded graph; `InputError` where that is no decoder. The runner is its own. */
export async function openDecoder(
  runner: Runner,
  model: ModelFacts,
  instrumentation: Instrumentation,
  runsOn: RunsOn,
): Promise<DecoderSession> {
  try {
    const inputs = decoderInputs(model, runner.inputs, runner.outputs);
    runner.wire({ logits: inputs.logits, slots: inputs.cache, taps: instrumentation.taps ?? [] });
    return new DecoderSession(runner, model, inputs, instrumentation, runsOn);
  } catch (error) {
    await runner.release();
    throw error;
  }
}

/** A session with the cache of one text, or of a batch of them. */
export class DecoderSession implements OpenedSession {
  readonly engine: EngineName;
  readonly engineNote: string | null;
  readonly provider: ProviderName;
  readonly stopsInside: boolean;
  readonly #runner: Runner;
  readonly #model: ModelFacts;
  readonly #inputs: DecoderInputs;
  readonly #feeds: readonly (readonly [name: string, make: FeedMaker])[];
  readonly #onTaps: Instrumentation["onTaps"];
  readonly #isInstrumented: boolean;
  #texts: Texts;
  /** Caches that marks hold on to, with how many of them. */
  readonly #held = new Map<readonly Kept[], number>();
  #isReleased = false;
  #fedMs = 0;

  constructor(
    runner: Runner,
    model: ModelFacts,
    inputs: DecoderInputs,
    instrumentation: Instrumentation,
    { engine, engineNote, provider, stopsInside }: RunsOn,
  ) {
    this.engine = engine;
    this.engineNote = engineNote;
    this.provider = provider;
    this.stopsInside = stopsInside;
    this.#runner = runner;
    this.#model = model;
    this.#inputs = inputs;
    this.#feeds = inputs.feeds.map((feed) => [feed.name, feedMaker(feed)]);
    this.#onTaps = instrumentation.onTaps;
    this.#isInstrumented = Object.values(instrumentation).some((value) => value !== undefined);
    this.#texts = this.#begin(ALONE);
  }

  get pastLength(): number {
    return this.#texts.pastLength;
  }

  get capacity(): number | null {
    return this.#inputs.capacity;
  }

  get fedMs(): number {
    return this.#fedMs;
  }

  async passLength(promptLength: number, chunk: number): Promise<number> {
    if (this.#inputs.prefillBy === "token") return 1;
    return chunk >= promptLength || !await this.#takesChunks() ? promptLength : chunk;
  }

  reset(room?: number): void {
    this.#replace(this.#begin(ALONE, room));
  }

  mark(): SessionMark {
    if (this.#isReleased) throw new Error("Cannot mark a session that was released");
    const texts = { ...this.#texts };
    const { cache, pastLength } = texts;
    this.#held.set(cache, (this.#held.get(cache) ?? 0) + 1);
    let isHeld = true;
    return {
      pastLength,
      bytes: this.#bytesOf(cache),
      rewind: () => {
        if (!isHeld || this.#isReleased) throw new Error("Cannot go back to a mark that is gone");
        this.#replace({ ...texts });
      },
      [Symbol.dispose]: () => {
        if (!isHeld || this.#isReleased) return;
        isHeld = false;
        const others = (this.#held.get(cache) ?? 1) - 1;
        if (others > 0) this.#held.set(cache, others);
        else this.#held.delete(cache);
        if (cache !== this.#texts.cache) this.#drop(cache);
      },
    };
  }

  async resetBatch(padding: readonly number[], room?: number): Promise<void> {
    const isPadded = padding.some((places) => places > 0);
    if (padding.length > 1 || isPadded) {
      const problem = batchRefusal(this.#inputs, isPadded) ??
        (await this.#takesBatches(isPadded)
          ? null
          : `answers ${isPadded ? "padded " : ""}sequences otherwise together than alone`);
      if (problem !== null) {
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
    }
    this.#replace(this.#begin(padding, room));
  }

  async run(ids: Ids, signal?: AbortSignal): Promise<Float32Array> {
    const [logits] = await this.#advance(ids, true, signal);
    return logits!;
  }

  async runBatch(ids: Ids, signal?: AbortSignal): Promise<Float32Array[]> {
    return await this.#advance(ids, true, signal);
  }

  async extend(ids: Ids, signal?: AbortSignal): Promise<void> {
    await this.#advance(ids, false, signal);
  }

  endProfiling(): void {
    this.#runner.endProfiling();
  }

  async release(): Promise<void> {
    if (!this.#isReleased) {
      this.#isReleased = true;
      for (const cache of new Set([...this.#held.keys(), this.#texts.cache])) {
        this.#runner.drop(cache);
      }
      this.#held.clear();
      this.#texts.cache = [];
    }
    await this.#runner.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  #begin(padding: readonly number[], room?: number): Texts {
    const { cache, capacity } = this.#inputs;
    const free = room ?? Math.min(this.#model.contextLength ?? Infinity, DEFAULT_ROOM);
    const texts: Texts = {
      padding,
      cache: [],
      pastLength: 0,
      room: capacity ?? Infinity,
      hasDropped: false,
    };
    if (this.#isReleased) return texts;
    for (const { type, kind, dims, axis, batchAxis } of cache) {
      const isFree = kind === "buffer" && axis !== null && dims[axis] === 0;
      if (isFree) texts.room = Math.min(texts.room, free);
      const one = isFree ? dims.with(axis, free) : dims;
      const shape = batchAxis === null
        ? one
        : one.with(batchAxis, one[batchAxis]! * padding.length);
      texts.cache.push(
        this.#runner.keep({ type, data: this.#allocate(type, shape), dims: shape }),
      );
    }
    return texts;
  }

  #replace(texts: Texts): void {
    const { cache } = this.#texts;
    this.#texts = texts;
    if (cache !== texts.cache) this.#drop(cache);
  }

  /** Lets go of a cache that no mark holds. */
  #drop(cache: readonly Kept[]): void {
    if (!this.#held.has(cache)) this.#runner.drop(cache);
  }

  #bytesOf(cache: readonly Kept[]): number {
    return cache.reduce(
      (sum, { dims }, at) => sum + sizeOf(dims) * bytesOf(this.#inputs.cache[at]!.type),
      0,
    );
  }

  // In passes of as many tokens as the graph can continue with.
  async #advance(
    ids: Ids,
    wantsLogits: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const batch = this.#texts.padding.length;
    const length = ids.length / batch;
    if (length === 0) throw new Error("Cannot run a forward pass over no tokens");
    if (!Number.isInteger(length)) {
      throw new Error(`Cannot share ${ids.length} tokens out among ${batch} sequences`);
    }
    const { pastLength, hasDropped } = this.#texts;
    const isSplit = length > 1 && (this.#inputs.prefillBy === "token" ||
      (pastLength > 0 && (hasDropped || !await this.#takesChunks())));
    if (!isSplit) return await this.#pass(ids, wantsLogits, signal);
    const column = (at: number) =>
      Array.from({ length: batch }, (_, row) => ids[row * length + at]!);
    for (let i = 0; i < length - 1; i++) await this.#pass(column(i), false, signal);
    return await this.#pass(column(length - 1), wantsLogits, signal);
  }

  // No signature tells it, so it is tried. What is instrumented is not to show the trial's passes.
  async #takesChunks(): Promise<boolean> {
    if (this.#inputs.prefillBy !== "chunk") return false;
    const known = takesChunks.get(this.#model);
    if (known !== undefined || this.#isInstrumented) return known ?? false;
    const found = await this.#aside((row) => continuesWithMany(row, this.#inputs.cache));
    takesChunks.set(this.#model, found);
    return found;
  }

  async #takesBatches(isPadded: boolean): Promise<boolean> {
    const known = takesBatches.get(this.#model) ?? new Map<boolean, boolean>();
    takesBatches.set(this.#model, known);
    const before = known.get(isPadded);
    if (before !== undefined || this.#isInstrumented) return before ?? false;
    const found = await this.#aside((_row, rows) =>
      runsBatches(rows, this.#inputs.cache, isPadded)
    );
    known.set(isPadded, found);
    return found;
  }

  // Runs something on caches of its own, and restores the texts that were under way.
  async #aside<T>(
    work: (
      row: (...passes: number[][]) => Promise<Float32Array>,
      rows: (padding: readonly number[], ...passes: number[][]) => Promise<Float32Array[]>,
    ) => Promise<T>,
  ): Promise<T> {
    const before = this.#texts;
    this.#texts = this.#begin(ALONE);
    const rows = async (padding: readonly number[], ...passes: number[][]) => {
      this.#replace(this.#begin(padding));
      for (const ids of passes.slice(0, -1)) await this.#pass(ids, false);
      return await this.#pass(passes.at(-1)!, true);
    };
    try {
      return await work(async (...passes) => (await rows(ALONE, ...passes))[0]!, rows);
    } finally {
      this.#replace(before);
    }
  }

  async #pass(ids: Ids, wantsLogits: boolean, signal?: AbortSignal): Promise<Float32Array[]> {
    if (this.#isReleased) throw new Error("Cannot run a session that was released");
    signal?.throwIfAborted();
    const texts = this.#texts;
    const { padding, cache, pastLength: past, room } = texts;
    const length = ids.length / padding.length;
    const total = past + length;
    if (total > room) throw this.#refuseBeyondRoom(total, room);
    const feeds = this.#feeds.map(([name, make]) => [name, make(ids, past, padding)] as const);
    this.#fedMs = nowMs();
    const rows = wantsLogits ? padding.length : 0;
    let result;
    try {
      result = await this.#runner.run({ feeds, cache, rows, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw runFailure(ids.length, past, cause);
    }
    if (this.#texts !== texts || this.#isReleased) {
      this.#runner.drop(result.cache);
      throw new Error("Cannot go on: the session was reset or released during a pass");
    }
    try {
      this.#check(texts, result.cache, total);
    } catch (error) {
      this.#runner.drop(result.cache);
      throw error;
    }
    this.#drop(cache);
    texts.cache = result.cache;
    texts.pastLength = total;
    this.#onTaps?.(result.taps);
    return result.logits;
  }

  // Whether the cache holds what it must is seen here, before it can lead to wrong answers.
  #check(texts: Texts, kept: readonly Kept[], total: number): void {
    const { cache } = this.#inputs;
    for (let i = 0; i < cache.length; i++) {
      const slot = cache[i]!;
      const { dims } = kept[i]!;
      const before = texts.cache[i]!.dims;
      const isWhole = slot.kind === "grows"
        ? this.#isLength(texts, dims[slot.axis!]!, total)
        : dims.every((dim, axis) => dim === before[axis]);
      if (!isWhole) {
        throw new InputError(
          `Cannot run "${this.#model.onnxPath}" token by token: after ${total} tokens its cache ` +
            `"${slot.output}" has the shape [${dims.join(", ")}]`,
          { remedy: "export the decoder with a cache that its passes can hand on" },
        );
      }
    }
  }

  // Layers with a window may drop what lies before it: all of it but the token to come.
  #isLength(texts: Texts, length: number, total: number): boolean {
    if (length === total) return true;
    const { slidingWindow } = this.#model;
    texts.hasDropped = true;
    return slidingWindow !== null && length < total &&
      length >= Math.min(total, slidingWindow - 1);
  }

  #allocate(type: HostType, dims: readonly number[]): HostTensor["data"] {
    try {
      return zeros(type, sizeOf(dims));
    } catch (cause) { // a RangeError: nothing else can go wrong with zeros
      throw new InputError(
        `Cannot make room for a cache of the shape [${dims.join(", ")}], which the graph of ` +
          `"${this.#model.onnxPath}" asks for`,
        { remedy: "generate fewer tokens, or export it with a cache that grows", cause },
      );
    }
  }

  #refuseBeyondRoom(total: number, room: number): InputError {
    return new InputError(
      `Cannot run ${total} tokens: the cache of "${this.#model.onnxPath}" holds ${room}`,
      { remedy: `use at most ${room} tokens of prompt and answer together` },
    );
  }
}
