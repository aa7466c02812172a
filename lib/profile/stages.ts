import { nowMs } from "../clock.ts";
import { sweepsMs } from "./amplify/mod.ts";
import type { ProfilePlan, ProfileProgress } from "./options.ts";

/** How often `live` is called. */
const TICK_MS = 100;

/** A twin takes about so much longer than the answer; its own progress corrects this. */
const TWIN_SLOWER = 2;
const TWIN_OPENING_MS = 500;

/** Idle time after the run: enough to see a drift, and to hold the tail of the last record. */
export function afterSeconds(baselineSeconds: number): number {
  return Math.min(2, baselineSeconds * 0.4);
}

/** Before the graph is cut, the number of its components is a guess. */
const USUAL_COMPONENTS = 15;

/** How long loops will take, in ms, as far as can be said before the model is looked into. */
export function expectedLoopsMs(
  { amplify, intervalMs }: { amplify?: readonly string[] | "all"; intervalMs: number },
): number {
  const components = amplify === "all" ? USUAL_COMPONENTS : amplify?.length ?? 0;
  return components === 0 ? 0 : sweepsMs(2 * components + 2, 1.2 * intervalMs) + TWIN_OPENING_MS;
}

/** Where a run stands: the stages with the time that each is expected to take. */
export class Stages implements Disposable {
  #stage: ProfileProgress["stage"] = "load";
  #sinceMs = NaN;
  #loopsFromMs = NaN;
  #text = "";
  readonly #expectedMs: Record<ProfileProgress["stage"], number>;
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** Calls `plan.live`, if there is one, ten times a second until disposed. */
  constructor(readonly plan: ProfilePlan, readonly powerMw: () => number | null) {
    this.#expectedMs = {
      load: 300,
      warm_up: plan.warmup > 0 ? 1000 : 0,
      baseline: plan.baselineSeconds * 1000,
      measure: plan.minSeconds * 1000,
      resolve: plan.resolve === "tokens" ? plan.resolveSeconds * 500 : 0,
      tail: Math.max(afterSeconds(plan.baselineSeconds) * 1000, 3 * plan.intervalMs),
      explain: plan.depth === "token" ? 0 : 1000,
      amplify: plan.amplify === undefined ? 0 : expectedLoopsMs(plan),
      analyse: 200,
    };
    if (plan.live) this.#timer = setInterval(() => this.#tell(), TICK_MS);
    this.enter("load");
  }

  /** Goes on to the next stage. */
  enter(stage: ProfileProgress["stage"]): void {
    this.#stage = stage;
    this.#sinceMs = nowMs();
    if (this.plan.live) this.#tell();
  }

  /** The warm-up has shown how long one repetition takes. */
  expectRepetition(durationMs: number): void {
    const { repetitions, minSeconds, maxSeconds } = this.plan;
    const wantedMs = Math.max(minSeconds * 1000, repetitions * durationMs, durationMs);
    this.#expectedMs.measure = Math.max(durationMs, Math.min(wantedMs, maxSeconds * 1000));
    const passes = this.plan.depth === "token" ? 0 : this.plan.activations ? 2 : 1;
    this.#expectedMs.explain = passes * (TWIN_SLOWER * durationMs + TWIN_OPENING_MS);
  }

  /** Which steps are repeated is known. */
  expectSteps(durationMs: number): void {
    this.#expectedMs.resolve = durationMs;
  }

  /** Which loops will run is known. */
  expectLoops(durationMs: number): void {
    this.#loopsFromMs = nowMs();
    this.#expectedMs.amplify = this.#loopsFromMs - this.#sinceMs + durationMs;
  }

  /** So much of the loops is done. */
  looped(fraction: number): void {
    const readyMs = this.#loopsFromMs - this.#sinceMs;
    if (fraction > 0) {
      this.#expectedMs.amplify = readyMs + (nowMs() - this.#loopsFromMs) / fraction;
    }
  }

  /** The twins have told how far they are. */
  explained(fraction: number): void {
    if (fraction > 0) this.#expectedMs.explain = (nowMs() - this.#sinceMs) / fraction;
  }

  /** Takes text as it is generated. */
  write(text: string): void {
    this.#text += text;
  }

  /** Says the last word. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const order = Object.keys(this.#expectedMs) as ProfileProgress["stage"][];
    const at = order.indexOf(this.#stage);
    const sum = (stages: typeof order) =>
      stages.reduce((total, stage) => total + this.#expectedMs[stage], 0);
    const insideMs = Math.min(nowMs() - this.#sinceMs, this.#expectedMs[this.#stage]);
    const doneMs = sum(order.slice(0, at)) + insideMs;
    this.plan.live?.({
      stage: this.#stage,
      fraction: doneMs / sum(order),
      secondsLeft: (sum(order) - doneMs) / 1000,
      text: this.#text,
      powerMw: this.powerMw(),
    });
  }
}
