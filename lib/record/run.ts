import type { Energy, PowerSample } from "./energy.ts";
import type { Finding } from "./finding.ts";
import type { RunInside } from "./inside.ts";
import type { RunPower } from "./power.ts";
import type { StoredToken } from "./sink.ts";
import type { Phase, TokenEvent } from "./timing.ts";

/** What identifies a model in a run. */
export interface ModelSummary {
  /** Name of its folder. */
  name: string;
  /** Its folder. */
  path: string;
  /** Hugging Face's `model_type`. */
  family: string;
  /** Number of transformer layers. */
  numLayers: number;
  /** Number of weights, shared ones once. */
  parameters: number;
  /** `fp32`, `fp16`, … */
  precision: string;
  /** Tokens that fit; `null` where the model does not say. */
  contextLength: number | null;
}

/** A phase of one mean repetition; times count from the start of the repetition. */
export interface PhaseEnergy {
  /** Which phase. */
  phase: Phase;
  /** Start, from the start of the repetition. */
  startMs: number;
  /** End. */
  endMs: number;
  /** Mean over the repetitions. */
  durationMs: number;
  /** Mean over the repetitions. */
  energy: Energy;
}

/** A section of one mean repetition, all its occurrences added up. */
export interface SectionEnergy extends PhaseEnergy {
  /** What was done. */
  name: string;
}

/** A token of one mean repetition. */
export interface TokenEnergy extends TokenEvent {
  /** Mean energy, in mJ. */
  energyMj: number | null;
  /** The lower end. */
  lowMj: number | null;
  /** The upper end. */
  highMj: number | null;
  /** What the ends are. */
  interval: Energy["interval"];
  /** How the energy was obtained. */
  method: Energy["method"];
  /** Whether the token is known on its own. */
  resolved: boolean;
  /** Index into `groups`: the smallest set of neighbours whose energy is known together. */
  group: number;
}

/** Neighbouring tokens, of one phase, whose energy is known together. */
export interface TokenGroup {
  /** Index of its first token. */
  firstIndex: number;
  /** Index of its last token. */
  lastIndex: number;
  /** The phase that they came out of. */
  phase: "prefill" | "decode";
  /** Mean over the repetitions. */
  durationMs: number;
  /** Of all its tokens together. */
  energy: Energy;
}

/** The figures of one mean repetition. */
export interface RunTotals {
  /** Of one mean repetition. */
  durationMs: number;
  /** Of one mean repetition. */
  energyMj: number | null;
  /** Its lower end. */
  lowMj: number | null;
  /** Its upper end. */
  highMj: number | null;
  /** Idle power. */
  baselineMw: number | null;
  /** Highest mean power of a record in the measured window. */
  peakMw: number | null;
  /** Energy by time. */
  meanMw: number | null;
  /** Tokens of the prompt; of a batch, of all its prompts. */
  promptTokens: number;
  /** Tokens of the answer, a stop token included; of a batch, of all its answers. */
  generatedTokens: number;
  /** Those that decode steps gave: of every sequence all but the first. */
  decodedTokens: number;
  /** Time to the first token. */
  ttftMs: number | null;
  /** Decoded tokens by the time of the decode phase; `null` where there are none. */
  tokensPerSecond: number | null;
  /** Energy of the decode phase by decoded tokens; `null` where there are none. */
  joulesPerToken: number | null;
  /** Of the prefill. */
  joulesPerPromptToken: number | null;
  /** Energy of the prefill. */
  prefillMj: number | null;
  /** Energy of the decode phase. */
  decodeMj: number | null;
  /** Energy of loading the model, once. */
  loadMj: number | null;
}

/** One of the texts that were answered at once. */
export interface RunSequence {
  /** Tokens of its prompt. */
  promptTokens: number;
  /** Tokens of its answer, a stop token included. */
  generatedTokens: number;
  /** What was answered. */
  response: string;
}

/** What the model ran on, and how much at once. */
export interface RunRuntime {
  /** What ran the passes: `ort-node`, `ort-ffi`. */
  engine: string;
  /** Why it is not the engine that was asked for; `null` where it is. */
  engineNote: string | null;
  /** What executed the graph: `cpu`, `coreml`, `webgpu`, `cuda`. */
  provider: string;
  /** What that means for telling layers apart, in one line. */
  detail: string;
  /** The texts of the batch; one where there was no batch. */
  sequences: RunSequence[];
}

/** How long readers wait for the next token. */
export interface InterTokenLatency {
  /** How many waits were timed, over all repetitions. */
  count: number;
  /** Mean, in ms. */
  meanMs: number;
  /** Half of the waits are shorter. */
  p50Ms: number;
  /** 19 of 20 waits are shorter. */
  p95Ms: number;
  /** 99 of 100 waits are shorter; below 100 waits it lies between the two longest. */
  p99Ms: number;
  /** The longest wait. */
  maxMs: number;
}

/** What happened when, on the clock of the run: the stuff of the power timeline. */
export interface RunTrace {
  /** The power records, dated. */
  samples: PowerSample[];
  /** `model_load`, `warm_up`, `baseline`, and the phases of every measured repetition, with their energy in all. */
  phases: {
    name: string;
    repetition: number | null;
    startMs: number;
    endMs: number;
    energyMj: number | null;
  }[];
  /** Tokens of every measured repetition, each with its own times and energy. */
  tokens: StoredToken[];
}

/** The state of a run in the database. */
export type RunStatus = "running" | "complete" | "interrupted" | "failed";

/**
 * A run's energies in every joint draw, for differences between runs. The latch is drawn alike in all
 * runs of one machine, source and cadence; what is a run's own error is drawn for each on its own.
 */
export interface RunDraws {
  /** Decode phase, mJ; `null` where draws are not what its interval is made of. */
  decodeMj: Float64Array | null;
  /** Prefill, mJ. */
  prefillMj: Float64Array | null;
  /** One whole mean repetition, mJ. */
  energyMj: Float64Array | null;
}

/** One profiled prompt. All but `trace` is what `--json` prints, without the columns of `inside`. */
export interface ProfilingRun {
  /** As the database names it. */
  runId: string;
  /** How it ended. */
  status: RunStatus;
  /** What ran. */
  model: ModelSummary;
  /** What it was asked to continue; the prompts of a batch, where they differ, stand in lines. */
  prompt: string;
  /** What it said; the first answer of a batch. */
  response: string;
  /** What it ran on; `null` for runs of earlier versions. */
  runtime: RunRuntime | null;
  /** Where power came from. */
  power: RunPower;
  /** What the run found about its own conditions. */
  findings: Finding[];
  /** One line: what can be concluded from this run and what cannot. */
  verdict: string;
  /** The whole measured window. */
  measured: { repetitions: number; durationMs: number; energyMj: number | null };
  /** Of one mean repetition; they add up to the total. */
  phases: PhaseEnergy[];
  /** Of one mean repetition, as far as they were timed. */
  sections: SectionEnergy[];
  /**
   * Of one mean repetition. Of a batch, each is a step that gave a token to every text still under
   * way: its energy is the step's, its id and text are the first text's.
   */
  tokens: TokenEnergy[];
  /** Tokens whose energy is known together. */
  groups: TokenGroup[];
  /** The figures. */
  totals: RunTotals;
  /** Over all repetitions; `null` where none made two tokens. */
  latency: InterTokenLatency | null;
  /** What is inside its tokens; `null` at depth `token`. */
  inside: RunInside | null;
  /** What happened when. */
  trace: RunTrace;
  /**
   * What `compareRuns` takes differences by; `null`: unknown. On what `profile()` returned it is made
   * when it is first read, and neither printed nor stored; `storedDraws` makes it of a stored run.
   */
  draws?: RunDraws | null;
}
