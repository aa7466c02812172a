/**
 * A session of `onnxruntime-node`: it feeds passes, hands the cache on, and looks after both.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";
import { continuesWithMany } from "./chunk_trial.ts";
import type { DecoderInputs, ModelFacts } from "./decoder_inputs.ts";
import type { Instrumentation, Session } from "./engine.ts";
import { type FeedMaker, feedMaker, type Ids } from "./feeds.ts";
import { type HostTensor, type HostType, sizeOf, zeros } from "./host_tensor.ts";
import { runFailure } from "./ort_failures.ts";
import { lastRow, tapped, toTensor } from "./ort_tensors.ts";

/** Room of a static cache whose length is free, where nobody says how much is needed. */
const DEFAULT_ROOM = 2048;

/** What was found out of models: whether they continue a cache with several tokens. */
const takesChunks = new WeakMap<ModelFacts, boolean>();

/** A session with the cache of one text. */
export class OrtNodeSession implements Session {
  #session: InferenceSession | null;
  readonly #model: ModelFacts;
  readonly #inputs: DecoderInputs;
  readonly #feeds: readonly (readonly [name: string, make: FeedMaker])[];
  readonly #fetches: readonly string[];
  readonly #taps: readonly string[];
  readonly #onTaps: Instrumentation["onTaps"];
  readonly #isInstrumented: boolean;
  #cache: Tensor[] = [];
  #pastLength = 0;
  #room = 0;
  // Whether a layer's cache has left out what lies before its window: the trial was too short for that.
  #hasDropped = false;
  #fedMs = 0;

  constructor(
    session: InferenceSession,
    model: ModelFacts,
    inputs: DecoderInputs,
    instrumentation: Instrumentation,
  ) {
    this.#session = session;
    this.#model = model;
    this.#inputs = inputs;
    this.#feeds = inputs.feeds.map((feed) => [feed.name, feedMaker(feed)]);
    this.#taps = instrumentation.taps ?? [];
    this.#onTaps = instrumentation.onTaps;
    this.#isInstrumented = Object.values(instrumentation).some((value) => value !== undefined);
    const own = inputs.cache.map((slot) => slot.output);
    this.#fetches = [...new Set([...own, ...this.#taps])];
    this.reset();
  }

  get pastLength(): number {
    return this.#pastLength;
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
    const { cache, capacity } = this.#inputs;
    const free = room ?? Math.min(this.#model.contextLength ?? Infinity, DEFAULT_ROOM);
    this.#pastLength = 0;
    this.#hasDropped = false;
    this.#room = capacity ?? Infinity;
    this.#cache = cache.map(({ type, kind, dims, axis }) => {
      const isFree = kind === "buffer" && axis !== null && dims[axis] === 0;
      if (isFree) this.#room = Math.min(this.#room, free);
      const shape = isFree ? dims.with(axis, free) : dims;
      return toTensor({ type, data: this.#allocate(type, shape), dims: shape });
    });
  }

  async run(ids: Ids): Promise<Float32Array> {
    const last = await this.#advance(ids, true);
    return lastRow(last[this.#inputs.logits] as Tensor);
  }

  async extend(ids: Ids): Promise<void> {
    await this.#advance(ids, false);
  }

  endProfiling(): void {
    this.#session?.endProfiling();
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#cache = [];
    await session?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  // In passes of as many tokens as the graph can continue with.
  async #advance(ids: Ids, wantsLogits: boolean): Promise<InferenceSession.OnnxValueMapType> {
    if (ids.length === 0) throw new Error("Cannot run a forward pass over no tokens");
    const isSplit = ids.length > 1 && (this.#inputs.prefillBy === "token" ||
      (this.#pastLength > 0 && (this.#hasDropped || !await this.#takesChunks())));
    if (!isSplit) return await this.#pass(ids, wantsLogits);
    for (let i = 0; i < ids.length - 1; i++) await this.#pass([ids[i]!], false);
    return await this.#pass([ids[ids.length - 1]!], wantsLogits);
  }

  // No signature tells it, so it is tried. What is instrumented is not to show the trial's passes.
  async #takesChunks(): Promise<boolean> {
    if (this.#inputs.prefillBy !== "chunk") return false;
    const known = takesChunks.get(this.#model);
    if (known !== undefined || this.#isInstrumented) return known ?? false;
    const before = [this.#cache, this.#pastLength, this.#hasDropped] as const;
    const row = async (...passes: number[][]): Promise<Float32Array> => {
      this.reset();
      for (const ids of passes.slice(0, -1)) await this.#pass(ids, false);
      const outputs = await this.#pass(passes.at(-1)!, true);
      return lastRow(outputs[this.#inputs.logits] as Tensor);
    };
    const found = await continuesWithMany(row, this.#inputs.cache);
    [this.#cache, this.#pastLength, this.#hasDropped] = before;
    takesChunks.set(this.#model, found);
    return found;
  }

  async #pass(ids: Ids, wantsLogits: boolean): Promise<InferenceSession.OnnxValueMapType> {
    const session = this.#session;
    if (session === null) throw new Error("Cannot run a session that was released");
    const past = this.#pastLength;
    if (past + ids.length > this.#room) throw this.#refuseBeyondRoom(past + ids.length);
    const feeds: Record<string, Tensor> = {};
    for (const [name, make] of this.#feeds) feeds[name] = toTensor(make(ids, past));
    const { cache } = this.#inputs;
    for (let i = 0; i < cache.length; i++) feeds[cache[i]!.input] = this.#cache[i]!;
    this.#fedMs = nowMs();
    const fetches = wantsLogits ? [this.#inputs.logits, ...this.#fetches] : this.#fetches;
    let outputs: InferenceSession.OnnxValueMapType;
    try {
      outputs = await session.run(feeds, fetches);
    } catch (cause) {
      throw runFailure(ids.length, past, cause);
    }
    this.#keep(outputs, past + ids.length);
    this.#onTaps?.(new Map(this.#taps.map((name) => [name, tapped(outputs[name] as Tensor)])));
    return outputs;
  }

  // Whether the cache holds what it must is seen here, before it can lead to wrong answers.
  #keep(outputs: InferenceSession.OnnxValueMapType, total: number): void {
    const { cache } = this.#inputs;
    const kept = new Array<Tensor>(cache.length);
    for (let i = 0; i < cache.length; i++) {
      const slot = cache[i]!;
      const output = outputs[slot.output] as Tensor;
      const before = this.#cache[i]!;
      const isWhole = slot.kind === "grows"
        ? this.#isLength(output.dims[slot.axis!]!, total)
        : output.dims.every((dim, axis) => dim === before.dims[axis]);
      if (!isWhole) {
        throw new InputError(
          `Cannot run "${this.#model.onnxPath}" token by token: after ${total} tokens its cache ` +
            `"${slot.output}" has the shape [${output.dims.join(", ")}]`,
          { remedy: "export the decoder with a cache that its passes can hand on" },
        );
      }
      kept[i] = output;
    }
    this.#cache = kept;
    this.#pastLength = total;
  }

  // Layers with a window may drop what lies before it: all of it but the token to come.
  #isLength(length: number, total: number): boolean {
    if (length === total) return true;
    const { slidingWindow } = this.#model;
    this.#hasDropped = true;
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

  #refuseBeyondRoom(total: number): InputError {
    return new InputError(
      `Cannot run ${total} tokens: the cache of "${this.#model.onnxPath}" holds ${this.#room}`,
      { remedy: `use at most ${this.#room} tokens of prompt and answer together` },
    );
  }
}
