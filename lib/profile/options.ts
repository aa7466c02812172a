import type { EngineName, ProviderName, SessionOptions } from "../inference/mod.ts";
import type { PowerSourceSpec } from "../power/mod.ts";
import type { Depth, RunSink } from "../record.ts";

/** What `profile()` tells while it runs. */
export interface ProfileProgress {
  /** What is going on. */
  stage:
    | "load"
    | "warm_up"
    | "baseline"
    | "measure"
    | "resolve"
    | "tail"
    | "explain"
    | "amplify"
    | "analyse";
  /** How much of the whole is done, 0 to 1. */
  fraction: number;
  /** Seconds that are left, as far as can be said. */
  secondsLeft: number;
  /** What was generated so far, in the first pass over the prompt. */
  text: string;
  /** The latest power of all rails in the total, in mW. */
  powerMw: number | null;
}

/** Options of `profile()`. */
export interface ProfileOptions {
  /** Most tokens to generate; default 64. */
  maxNewTokens?: number;
  /** Repetitions that are generated before measuring, but at least one second; default 1. */
  warmup?: number;
  /** Least number of measured repetitions; default 1. */
  repetitions?: number;
  /** The prompt is repeated until this much time is measured; default 3. */
  minSeconds?: number;
  /** No repetition is begun that would end after this; default 60. */
  maxSeconds?: number;
  /** Idle time that is measured before; less than half of it again after; default 5. */
  baselineSeconds?: number;
  /**
   * How far tokens are told apart: `phases` as far as the records of the plain run do; `repetitions`
   * by what the repetitions of the whole answer have in common (`deconvolve`), which takes no time of
   * its own, but many repetitions and says less; `tokens` by running each step many times in a row,
   * after the plain run. Default `phases`.
   */
  resolve?: "phases" | "repetitions" | "tokens";
  /**
   * Time that `resolve: "tokens"` may take; neighbouring tokens are repeated together where single
   * ones would take longer. Default 120.
   */
  resolveSeconds?: number;
  /**
   * How far to look inside: `token` not at all, `component` at layers and their components,
   * `operation` at every node of the graph. Default `token`, with activations what they need.
   */
  depth?: Depth;
  /**
   * Statistics of what components put out; `"deep"` looks at attention, gates, norms and experts
   * too. Default `false`.
   */
  activations?: boolean | "deep";
  /**
   * Components whose work is cut out and repeated until power records see it, or all of them; takes
   * some 3 s a component and phase. Default none; depth is then at least `component`.
   */
  amplify?: readonly string[] | "all";
  /** |x| below this counts as zero in `sparsity`; default 1e-4. */
  sparsityBelow?: number;
  /** Where power comes from; default: what `detectPowerSource()` finds. */
  source?: PowerSourceSpec | string;
  /** Asked time between power records: 50, 100, 200, 500 or 1000; default 100. */
  intervalMs?: number;
  /** Threads of the runtime; default: its own choice. */
  threads?: number;
  /** Whether the runtime's idle threads spin; default: its own choice. */
  spin?: boolean;
  /**
   * Tokens of the prompt that one pass of the measured run takes; default: as `generate()` chooses.
   * Twins and repeated steps take the prompt as they always do.
   */
  prefillChunk?: number;
  /** What passes are run through; default `ort-node`. */
  engine?: EngineName;
  /** What executes the graph; default `cpu`. What it means for detail is in `run.runtime.detail`. */
  provider?: ProviderName;
  /** The provider's own options, as ONNX Runtime names them. */
  providerOptions?: Readonly<Record<string, string>>;
  /** How often the prompt is answered at once, as a batch; only at depth `token`. Default 1. */
  batchSize?: number;
  /** 0 is greedy, which is the default. */
  temperature?: number;
  /** Sample among the k most probable tokens. */
  topK?: number;
  /** Sample among the most probable tokens that together reach p. */
  topP?: number;
  /** Of the sampling and of the joint draws; default 1. */
  seed?: number;
  /** Where the run is written while it happens: a `ProfileDatabase`. Absent: kept in memory only. */
  database?: RunSink;
  /** The experiment that the run belongs to. */
  experiment?: string;
  /** Labels of the run. */
  tags?: string[];
  /** Plain data that is kept with the run's options; must survive JSON. */
  memo?: Readonly<Record<string, unknown>>;
  /** Ends the run; what was measured is kept, with status `interrupted`. */
  signal?: AbortSignal;
  /** Called about ten times a second. */
  live?: (progress: ProfileProgress) => void;
}

/** Options with their defaults. */
export type ProfilePlan =
  & Required<
    Pick<
      ProfileOptions,
      | "maxNewTokens"
      | "warmup"
      | "repetitions"
      | "minSeconds"
      | "maxSeconds"
      | "baselineSeconds"
      | "intervalMs"
      | "seed"
      | "resolve"
      | "resolveSeconds"
      | "depth"
      | "activations"
    >
  >
  & ProfileOptions;

/** What sessions of a run are opened with: the measured one and its twins alike. */
export function sessionOf(
  { threads, spin, engine, provider, providerOptions }: ProfilePlan,
): SessionOptions {
  return { threads, spin, engine, provider, providerOptions };
}
