/**
 * What a measure of the benchmark is.
 *
 * @module
 */
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";
import type { Goal } from "./statistics.ts";

/** Two sides, and what closes both. */
export interface Sides extends AsyncDisposable {
  base: Contestant;
  subject: Contestant;
}

/** Two contestants against each other. */
export interface Measure {
  name: string;
  /** What is divided by what. */
  title: string;
  /** On what the two are compared: the time of a token, or tokens per second. */
  figure: "time" | "speed";
  /** `null` where the ratio is only told. */
  goal: Goal | null;
  /** Whether the two are alike, so that the ratio only shows how far chance goes; default `false`. */
  isChance?: boolean;
  /** Goals of their own, by the tokens of the prompt. */
  goalAt?: Readonly<Record<number, Goal>>;
  /** Whether the length of the context matters to it; else the shortest is enough. */
  onAllContexts: boolean;
  /** Rounds of four blocks. */
  rounds: number;
  /** Its share of the time: by what a round of it takes, and how sure it is to be. */
  weight: number;
  /** Decoding time of a block, at least. */
  blockMs: number;
  /** How long a block goes on before it is timed. */
  settleMs: number;
  /** The only model that it is about; default: all. */
  onlyModel?: string;
  /** Whether load from elsewhere disturbs it; default `true`. */
  watchesLoad?: boolean;
  /** Why it cannot be measured here; `null` where it can. */
  whyNot?(): Promise<string | null>;
  /** Opens both sides, on one session. `ids` is the answer that they will give. */
  open(model: BenchModel, ids: readonly number[], threads: number): Promise<Sides>;
}

// Load from elsewhere comes and goes within seconds: many short turns meet it evenly. Those with a
// monitor are longer, so that each holds some records, and settle first: in the 0.1 s after a monitor
// ends, while its Worker is taken down, tokens take up to 20 % longer, which is not what it costs.
/** Many short turns. */
export const SHORT = { rounds: 60, weight: 2, blockMs: 150, settleMs: 0 };
/** Turns that hold some power records. */
export const LONG = { rounds: 24, weight: 3, blockMs: 500, settleMs: 300 };

/** Two contestants, and what is closed when they are done. */
export function sides(
  owner: AsyncDisposable,
  { base, subject }: { base: Contestant; subject: Contestant },
): Sides {
  return { base, subject, [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose]() };
}
