import { nowMs, pause } from "../clock.ts";
import { revivedError } from "../errors.ts";
import type { Phase } from "../record.ts";
import type { AmplifiedLoops } from "./amplify/mod.ts";
import type { Explained, ExplainPlan } from "./explain.ts";
import type { RepeatedBlock } from "../energy/mod.ts";
import type {
  AmplifyOrder,
  Answer,
  Batch,
  LoadOrder,
  Order,
  RepeatOrder,
  ResolveOrder,
  RunsOn,
} from "./messages.ts";
import type { StepCheck } from "./resolve/mod.ts";
import { raise, stopFlag } from "./stop_flag.ts";

/** How long a stopped thread may take to hand over what it has of twins, steps or loops. */
const GRACE_MS = 3000;
/**
 * How long it may take to end an answer: together with what follows, below the 200 ms within which a
 * signal is to be obeyed. A pass that takes longer is left to itself; tokens before it have been sent.
 */
const ANSWER_GRACE_MS = 120;

/**
 * The thread that runs the model, so that the one that the user is on stays free: a forward pass
 * blocks the thread that asks for it (design, section 2).
 */
export class ModelThread implements Disposable, AsyncDisposable {
  readonly #worker: Worker;
  readonly #stop = stopFlag();
  #hasEnded = false;
  #onAnswer: (answer: Answer) => void = () => {};
  #onCrash: (error: Error) => void = () => {};
  #crash: Error | null = null;

  /** Starts the thread with its program; nothing is loaded yet. */
  constructor(program: URL = new URL("./model_worker.ts", import.meta.url)) {
    this.#worker = new Worker(program, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#onAnswer(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this[Symbol.dispose]();
      this.#crash = new Error(`Cannot go on: the model's thread ended (${event.message})`);
      this.#onCrash(this.#crash);
    };
  }

  /** Loads the model and opens its session. Times are those of the whole loading. */
  async load(
    order: Omit<LoadOrder, "type" | "stop">,
  ): Promise<RunsOn & { startMs: number; endMs: number }> {
    const { promise, resolve } = Promise.withResolvers<Answer & { type: "loaded" }>();
    await this.#ask({ type: "load", stop: this.#stop, ...order }, (answer) => {
      if (answer.type === "loaded") resolve(answer);
      return answer.type === "loaded";
    });
    const { type: _, ...loaded } = await promise;
    return loaded;
  }

  /**
   * Generates the prompt again and again; `onBatch` gets what happened a few times a second, and
   * `onPhase`, where it is given, each phase as it begins.
   *
   * @returns whether `signal` ended it
   */
  async repeat(
    order: Omit<RepeatOrder, "type" | "tellsPhases">,
    onBatch: (batch: Batch) => void,
    signal?: AbortSignal,
    onPhase?: (phase: Phase, atMs: number) => void,
  ): Promise<boolean> {
    if (signal?.aborted) return true;
    let interrupted = false;
    let begun: Batch["begun"] = null;
    // What the thread cannot say any more of the repetition that it was ended in.
    const endRepetition = () => {
      const repetitions = begun === null ? [] : [{ ...begun, endMs: nowMs() }];
      onBatch({ repetitions, tokens: [], sections: [], answers: [], begun: null });
    };
    using _stopping = this.#stopOn(
      signal,
      { type: "repeated", interrupted: true },
      ANSWER_GRACE_MS,
      endRepetition,
    );
    await this.#ask(
      { type: "repeat", ...order, tellsPhases: onPhase !== undefined },
      (answer) => {
        if (answer.type === "phase") onPhase?.(answer.phase, answer.atMs);
        if (answer.type === "batch") {
          onBatch(answer);
          begun = answer.begun;
        }
        if (answer.type === "repeated") interrupted = answer.interrupted;
        return answer.type === "repeated";
      },
    );
    return interrupted;
  }

  /**
   * Runs every step of an answer again and again; `onBlocks` gets what was measured a few times a
   * second.
   *
   * @returns what its tokens were, and whether `signal` ended it
   */
  async resolve(
    order: Omit<ResolveOrder, "type" | "tellsPhases">,
    onBlocks: (blocks: readonly RepeatedBlock[]) => void,
    signal?: AbortSignal,
    onPhase?: (phase: Phase, atMs: number) => void,
  ): Promise<{ interrupted: boolean; check: StepCheck | null }> {
    if (signal?.aborted) return { interrupted: true, check: null };
    type Result = { interrupted: boolean; check: StepCheck | null };
    let result: Result = { interrupted: true, check: null };
    using _stopping = this.#stopOn(signal, { type: "repeated", interrupted: true });
    await this.#ask(
      { type: "resolve", ...order, tellsPhases: onPhase !== undefined },
      (answer) => {
        if (answer.type === "phase") onPhase?.(answer.phase, answer.atMs);
        if (answer.type === "steps") onBlocks(answer.blocks);
        if (answer.type === "resolved") result = answer;
        return answer.type === "resolved" || answer.type === "repeated";
      },
    );
    return { interrupted: result.interrupted, check: result.check };
  }

  /**
   * Runs the twins of the answer. Nothing can be generated afterwards.
   *
   * @returns what they told; `null` where `signal` ended it before there was any
   */
  async explain(
    plan: ExplainPlan,
    onProgress: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Explained | null> {
    if (signal?.aborted) return null;
    let explained: Explained | null = null;
    using _stopping = this.#stopOn(signal, { type: "repeated", interrupted: true });
    await this.#ask({ type: "explain", ...plan }, (answer) => {
      if (answer.type === "progress") onProgress(answer.fraction);
      if (answer.type === "explained") explained = answer;
      return answer.type === "explained" || answer.type === "repeated";
    });
    return explained;
  }

  /**
   * Runs the work of components in loops. Nothing can be asked for afterwards.
   *
   * @returns what happened when; `null` where `signal` ended it before there was any
   */
  async amplify(
    order: Omit<AmplifyOrder, "type" | "tellsPhases">,
    progress: { onReady(expectedMs: number): void; onProgress(fraction: number): void },
    signal?: AbortSignal,
    onPhase?: (phase: Phase, atMs: number) => void,
  ): Promise<AmplifiedLoops | null> {
    if (signal?.aborted) return null;
    let loops: AmplifiedLoops | null = null;
    using _stopping = this.#stopOn(signal, { type: "repeated", interrupted: true });
    await this.#ask({ type: "amplify", ...order, tellsPhases: onPhase !== undefined }, (answer) => {
      if (answer.type === "ready") progress.onReady(answer.expectedMs);
      if (answer.type === "progress") progress.onProgress(answer.fraction);
      if (answer.type === "phase") onPhase?.(answer.phase, answer.atMs);
      if (answer.type === "amplified") loops = answer;
      return answer.type === "amplified" || answer.type === "repeated";
    });
    return loops;
  }

  /** Asks the thread to stop when `signal` aborts, and ends it where it does not. */
  #stopOn(
    signal: AbortSignal | undefined,
    lastWord: Answer,
    graceMs = GRACE_MS,
    onEnded: () => void = () => {},
  ): Disposable {
    let grace: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      raise(this.#stop);
      grace = setTimeout(() => {
        onEnded();
        this.#onAnswer(lastWord);
        this.#leave();
      }, graceMs);
    };
    signal?.addEventListener("abort", stop, { once: true });
    return {
      [Symbol.dispose]() {
        clearTimeout(grace);
        signal?.removeEventListener("abort", stop);
      },
    };
  }

  /**
   * Lets the thread go once its pass has ended, which nobody waits for. Were it ended in the pass, the
   * model and all that the pass holds would stay in memory as long as the process does.
   */
  #leave(): void {
    this.#hasEnded = true;
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.type === "released") this.#worker.terminate();
    };
    this.#worker.postMessage({ type: "release" } satisfies Order);
  }

  /**
   * Frees the model and ends the thread. A pass that a signal has stopped goes on until its operation
   * ends, and the process must not end before it: the runtime would be taken down under it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    raise(this.#stop);
    // The grace ends with the answer: a timer that is left would keep the program for as long.
    const answered = new AbortController();
    this.#ask({ type: "release" }, ({ type }) => type === "released")
      .then(() => this[Symbol.dispose](), () => {})
      .finally(() => answered.abort());
    await pause(GRACE_MS, answered.signal);
    if (!this.#hasEnded) this.#leave();
  }

  /** Ends the thread at once, also in the middle of a forward pass. */
  [Symbol.dispose](): void {
    this.#hasEnded = true;
    this.#worker.terminate();
  }

  #ask(order: Order, isDone: (answer: Answer) => boolean): Promise<void> {
    // It may have ended while nobody waited, and would never answer.
    if (this.#crash !== null) return Promise.reject(this.#crash);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onCrash = reject;
    this.#onAnswer = (answer) => {
      if (answer.type === "failed") reject(revivedError(answer));
      else if (isDone(answer)) resolve();
    };
    this.#worker.postMessage(order);
    return promise;
  }
}
