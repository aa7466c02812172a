/**
 * A decoder that an engine runs: it feeds passes, hands the cache on, and looks after both.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import { type DecoderInputs, decoderInputs, type ModelFacts } from "./decoder_inputs.ts";
import type { EngineName, Instrumentation, OpenedSession, SessionMark } from "./engine.ts";
import { type FeedMaker, feedMaker, type Ids } from "./feeds.ts";
import { HeldCaches } from "./held_caches.ts";
import type { HostTensor } from "./host_tensor.ts";
import { columnsOf, lengthOf } from "./ids_of_texts.ts";
import { runFailure } from "./ort_failures.ts";
import type { ProviderName } from "./providers.ts";
import type { Kept, Runner } from "./runner.ts";
import { beginTexts, beyondRoom, cacheBytes, checkCache, type Texts } from "./texts.ts";
import { type TrialRows, Trials } from "./trials.ts";

/** One text. */
const ALONE: readonly number[] = [0];

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
  readonly #trials: Trials;
  #texts: Texts;
  readonly #held = new HeldCaches();
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
    // What is instrumented is not to show the passes of trials.
    const isShown = Object.values(instrumentation).some((value) => value !== undefined);
    this.#trials = new Trials(model, inputs, isShown ? null : (work) => this.#aside(work));
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
    return chunk >= promptLength || !await this.#trials.takesChunks() ? promptLength : chunk;
  }

  reset(room?: number): void {
    this.#replace(this.#begin(ALONE, room));
  }

  mark(): SessionMark {
    if (this.#isReleased) throw new Error("Cannot mark a session that was released");
    const texts = { ...this.#texts };
    const { cache, pastLength } = texts;
    this.#held.hold(cache);
    let isHeld = true;
    return {
      pastLength,
      bytes: cacheBytes(this.#inputs, cache),
      rewind: () => {
        if (!isHeld || this.#isReleased) throw new Error("Cannot go back to a mark that is gone");
        this.#replace({ ...texts });
      },
      [Symbol.dispose]: () => {
        if (!isHeld || this.#isReleased) return;
        isHeld = false;
        this.#held.letGo(cache);
        if (cache !== this.#texts.cache) this.#drop(cache);
      },
    };
  }

  async resetBatch(padding: readonly number[], room?: number): Promise<void> {
    await this.#trials.checkBatch(padding);
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
      const caches = new Set([...this.#held.takeAll(), this.#texts.cache]);
      for (const cache of caches) this.#runner.drop(cache);
      this.#texts.cache = [];
    }
    await this.#runner.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  #begin(padding: readonly number[], room?: number): Texts {
    if (this.#isReleased) return { padding, cache: [], pastLength: 0, room: 0, hasDropped: false };
    const keep = (tensor: HostTensor) => this.#runner.keep(tensor);
    return beginTexts(this.#model, this.#inputs, padding, room, keep);
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

  // In passes of as many tokens as the graph can continue with.
  async #advance(
    ids: Ids,
    wantsLogits: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const batch = this.#texts.padding.length;
    const length = lengthOf(ids, batch);
    const { pastLength, hasDropped } = this.#texts;
    const isSplit = length > 1 && (this.#inputs.prefillBy === "token" ||
      (pastLength > 0 && (hasDropped || !await this.#trials.takesChunks())));
    if (!isSplit) return await this.#pass(ids, wantsLogits, signal);
    const columns = columnsOf(ids, batch);
    for (const column of columns.slice(0, -1)) await this.#pass(column, false, signal);
    return await this.#pass(columns.at(-1)!, wantsLogits, signal);
  }

  // Runs a trial on caches of its own, and restores the texts that were under way.
  async #aside(work: (rows: TrialRows) => Promise<boolean>): Promise<boolean> {
    const before = this.#texts;
    this.#texts = this.#begin(ALONE);
    try {
      return await work(async (padding, ...passes) => {
        this.#replace(this.#begin(padding));
        for (const ids of passes.slice(0, -1)) await this.#pass(ids, false);
        return await this.#pass(passes.at(-1)!, true);
      });
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
    if (total > room) throw beyondRoom(this.#model, total, room);
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
      checkCache(this.#model, this.#inputs, texts, result.cache, total);
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
}
