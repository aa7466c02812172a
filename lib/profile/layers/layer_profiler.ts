/**
 * Times of layers and components in whatever `generate()` does: `LayerProfiler`.
 *
 * @module
 */
import type { Model } from "../../model/mod.ts";
import type { ComponentTiming } from "../../record.ts";
import { activationAt, type DeepColumns } from "../activations/mod.ts";
import {
  listen,
  type Listener,
  type RecordedToken,
  type Recording,
  unlisten,
} from "./attachments.ts";
import { cellsOf } from "./cells.ts";
import { correctionOf, dealToken, type ProfiledToken } from "./deal.ts";
import { warningsOf } from "./warnings.ts";

/** What a `LayerProfiler` takes. */
export interface LayerProfilerOptions {
  /**
   * Whether to take statistics of what modules put out; `"deep"`: of attention weights, gates,
   * norms and routers too. Default: true.
   */
  activations?: boolean | "deep" | undefined;
  /** |x| below this counts as zero; default 1e-4. */
  sparsityBelow?: number | undefined;
  /**
   * How far the runtime may change the graph; default `"all"`, as without a profiler. Further down,
   * more of the original operations are seen one by one.
   */
  optimization?: "disabled" | "basic" | "extended" | "all" | undefined;
}

/** The time of one component in one token of one answer. */
export interface LayerTiming extends ComponentTiming {
  /** Which call of `generate()` since `attach()` or `reset()`, from 0. */
  generation: number;
}

/** An answer, and which of its tokens were seen. */
interface Seen {
  recording: Recording;
  from: number;
  to: number;
}

/**
 * Times the layers and components of a model in all later calls of `generate()`.
 *
 * Times are those of a profiled pass: timing costs 10 to 20 µs an operation, which is taken off
 * components and left in `framework`; `overhead` estimates how much longer tokens took for it. What
 * a session of one's own (`options.session`) does is not seen. `profile()` measures clean and uses
 * a twin for shares; this is for looking inside alone, without power and without a database.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generate, LayerProfiler, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * using profiler = new LayerProfiler(model).attach();
 * for await (const _token of generate(model, "Once upon a time", { maxNewTokens: 3 }));
 * const timings = profiler.timings();
 * assert(timings.some(({ layer, component }) => layer === 5 && component === "down_proj"));
 * assert.deepEqual([...new Set(timings.map(({ tokenIndex }) => tokenIndex))], [0, 1, 2]);
 * ```
 */
export class LayerProfiler implements Disposable, AsyncDisposable {
  readonly #model: Model;
  readonly #listener: Listener;
  #isAttached = false;
  #seen: Seen[] = [];

  /** Prepares to look at `model`; nothing happens before `attach()`. */
  constructor(model: Model, options: LayerProfilerOptions = {}) {
    const { activations = true, sparsityBelow, optimization } = options;
    this.#model = model;
    this.#listener = {
      optimization,
      activations: activations === false ? null : { deep: activations === "deep", sparsityBelow },
      onRecording: (recording) => {
        if (this.#isAttached) this.#seen.push({ recording, from: 0, to: Infinity });
      },
    };
  }

  /** Whether later calls of `generate()` are profiled. */
  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** Has later calls of `generate()` profiled; a second time changes nothing. */
  attach(): this {
    this.#isAttached = true;
    listen(this.#model, this.#listener);
    return this;
  }

  /** Leaves later tokens alone; what was seen stays. */
  detach(): void {
    this.#isAttached = false;
    unlisten(this.#model, this.#listener);
    for (const seen of this.#seen) seen.to = Math.min(seen.to, seen.recording.tokens.length);
  }

  /** Forgets what was seen so far. */
  reset(): void {
    for (const seen of this.#seen) seen.from = seen.recording.tokens.length;
    this.#seen = this.#seen.filter(({ recording, to }) =>
      to === Infinity && !recording.session.isReleased
    );
  }

  /**
   * The time of each component in each token, in the order of tokens and layers.
   *
   * The durations of a token add up to `endMs − startMs` of its event, to the bit; only a token at
   * which a profile was full lacks the time to begin the next one. What no component holds is in
   * `framework` (between operations, and what timing costs), `sampling` (choosing a token and its
   * text) and `gaps` (around the runtime, such as copies of the cache).
   *
   * Reading ends the profile of an answer that is under way; its next token begins another one.
   *
   * @returns One entry for each token, layer and component; empty where nothing was seen.
   * @throws {InputError} Where the runtime's profile is not whole.
   */
  timings(): LayerTiming[] {
    return this.#answers().flatMap(({ recording, tokens }, generation) => {
      const { operations } = recording.session;
      const cells = cellsOf(operations);
      const columns = recording.recorders.get(this.#listener)?.activations();
      const corrections = correctionsOf(recording, tokens);
      return tokens.flatMap((token) =>
        [...dealToken(operations, cells, profiled(token), null, corrections[token.phase])]
          .map((durationMs, cell): LayerTiming => {
            const place = cells.places[cell]!;
            const activation = columns === undefined
              ? null
              : activationAt(columns, token.index, place.layer, place.component);
            return { generation, tokenIndex: token.index, ...place, durationMs, activation };
          })
      );
    });
  }

  /** The deep metrics of each answer that was seen, where they were asked for. */
  deep(): DeepColumns[] {
    return this.#answers().flatMap(({ recording }) =>
      recording.recorders.get(this.#listener)?.deep() ?? []
    );
  }

  /**
   * How much longer decode tokens took because they were profiled (1.4: 40 % longer), estimated by
   * what timing adds to operations that do nothing; `null` where nothing was seen.
   */
  get overhead(): number | null {
    let [profiledMs, cleanMs] = [0, 0];
    for (const { recording, tokens } of this.#answers()) {
      for (const phase of ["prefill", "decode"] as const) {
        const { overhead } = correctionsOf(recording, tokens)[phase];
        if (overhead === null || (phase === "prefill" && tokens.length > 1)) continue;
        const ms = tokens.filter((token) => token.phase === phase)
          .reduce((sum, token) => sum + profiled(token).durationMs, 0);
        profiledMs += ms;
        cleanMs += ms / overhead;
      }
    }
    return cleanMs === 0 ? null : profiledMs / cleanMs;
  }

  /** What cannot be told apart on this provider, one line each. */
  get warnings(): string[] {
    return [
      ...new Set(
        this.#answers().flatMap(({ recording }) => warningsOf(recording.session.operations)),
      ),
    ];
  }

  /** Detaches and forgets. */
  [Symbol.dispose](): void {
    this.detach();
    this.#seen = [];
  }

  /** Detaches and forgets. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => this[Symbol.dispose]());
  }

  #answers(): { recording: Recording; tokens: RecordedToken[] }[] {
    return this.#seen.map(({ recording, from, to }) => {
      const tokens = recording.tokens.slice(from, to);
      if (tokens.length > 0) recording.session.settle();
      return { recording, tokens };
    }).filter(({ tokens }) => tokens.length > 0);
  }
}

function correctionsOf({ session }: Recording, tokens: readonly RecordedToken[]) {
  const of = (wanted: "prefill" | "decode") =>
    correctionOf(
      session.operations,
      tokens.filter(({ phase }) => phase === wanted).map(profiled),
      null,
    );
  return { prefill: of("prefill"), decode: of("decode") };
}

function profiled({ startMs, endMs, passes }: RecordedToken): ProfiledToken {
  const setupMs = passes.reduce((sum, pass) => sum + pass.setupMs, 0);
  return {
    passes: passes.flatMap(({ times }) => times),
    forwardMs: passes.reduce((sum, pass) => sum + pass.endMs - pass.startMs, 0),
    samplingMs: endMs - (passes.at(-1)?.endMs ?? startMs),
    durationMs: endMs - startMs - setupMs,
  };
}
