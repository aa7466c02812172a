import type { DeepColumns } from "./deep.ts";
import type { Energy } from "./energy.ts";

/** How far inside a run is looked: not at all, at layers and their components, at every operation. */
export type Depth = "token" | "component" | "operation";

/** What a module put out, over all values of one token. */
export interface ActivationStatistics {
  /** Mean of |x|. */
  meanAbs: number;
  /** Standard deviation of x. */
  std: number;
  /** Largest |x|. */
  maxAbs: number;
  /** Share of values with |x| below the threshold (1e-4 unless told), 0 to 1. */
  sparsity: number;
}

/** The time of one component in one token, from a profiled pass. */
export interface ComponentTiming {
  /** From 0; token 0 comes out of the prefill. */
  tokenIndex: number;
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"q_proj"`, `"attention"`, `"lm_head"`, …, or a bucket such as `"framework"`. */
  component: string;
  /** Corrected for what timing itself costs. */
  durationMs: number;
  /** Statistics of its output; `null` where they were not taken. */
  activation: ActivationStatistics | null;
}

/** An energy in a row of a table: the total of the rails. */
export interface PartEnergy {
  /** The mean. */
  energyMj: number | null;
  /** Lower end. */
  lowMj: number | null;
  /** Upper end. */
  highMj: number | null;
  /** What the ends are. */
  interval: Energy["interval"];
  /** How it was obtained: parts of a token share its energy by time, unless they were amplified. */
  method: Energy["method"];
  /** Whether it is known on its own. */
  resolved: boolean;
}

/** A component of one layer, or a bucket outside the layers, in one phase of a mean repetition. */
export interface InsidePart extends PartEnergy {
  /** Which phase; its parts add up to it, in time and in energy. */
  phase: "prefill" | "decode";
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"q_proj"`, …, or `framework` (between operations), `sampling`, `gaps` (around the runtime). */
  component: string;
  /** Of one mean repetition, on the clean clock. */
  durationMs: number;
  /** Of its phase's time, 0 to 1. */
  share: number;
  /** Means over the phase's tokens, the largest for `maxAbs`; `null` where they were not taken. */
  activation: ActivationStatistics | null;
  /** What its own loop cost, before it was made to add up; `null` where it was not amplified. */
  rawMj: number | null;
}

/** The components of a phase that were amplified, beside the phase itself. */
export interface AmplifiedPhase {
  /** Which phase. */
  phase: "prefill" | "decode";
  /** Those that were. */
  components: string[];
  /** Whether they are all that the model's graph consists of. */
  isComplete: boolean;
  /** What their loops cost, of what the phase cost without sampling and gaps; `null` if unknown. */
  capture: { ratio: number; low: number; high: number } | null;
  /** Whether they were scaled to add up to it: from 0.8 to 1.2, where they are complete. */
  isScaled: boolean;
}

/** One ONNX node in one phase of a mean repetition; those of a component add up to it. */
export interface InsideOperation extends PartEnergy {
  /** Which phase. */
  phase: "prefill" | "decode";
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** The component that it belongs to. */
  component: string;
  /** The node's name in the graph that ran. */
  operation: string;
  /** `MatMul`, … */
  opType: string;
  /** Of one mean repetition, on the clean clock. */
  durationMs: number;
}

/** What looking inside cost, in one phase. */
export interface TwinCost {
  /** Which phase. */
  phase: "prefill" | "decode";
  /** Time with every operation timed ÷ clean time. */
  timing: number | null;
  /** Time with activations taken out ÷ clean time; `null` where none were. */
  activations: number | null;
  /** What was taken off each operation for being timed, in µs. */
  floorUs: number;
  /** Share of the time in operations whose place is known, 0 to 1. */
  coverage: number;
}

/** Two components of which one cannot say which costs more. */
export interface UnsureRank {
  /** In which phase. */
  phase: "prefill" | "decode";
  /** The one that takes more, corrected. */
  first: string;
  /** The one that takes less, corrected. */
  second: string;
  /** `floor`: uncorrected it is the other way; `noise`: tokens differ by more than the two do. */
  reason: "floor" | "noise";
  /** How much more `first` takes, corrected, in parts of `second`. */
  difference: number;
}

/** Tokens × places; the value of token `t` and place `p` is at `t * places.length + p`. */
export interface InsideCells {
  /** Components by layer, then those outside the layers, then the buckets. */
  places: { layer: number | null; component: string }[];
  /** Number of tokens; token 0 came out of the prefill. */
  tokens: number;
  /** On the clean clock; a row adds up to its token. */
  durationMs: Float64Array;
  /** Total of the rails; NaN where it was not measured. A row adds up to its token. */
  energyMj: Float64Array;
  /** Lower ends. */
  lowMj: Float64Array;
  /** Upper ends. */
  highMj: Float64Array;
  /** Statistics of what each place put out, NaN where it has none; `null` where none were taken. */
  activations: Record<keyof ActivationStatistics, Float32Array> | null;
}

/** What is inside the tokens of one mean repetition. */
export interface RunInside {
  /** How far it was looked. */
  depth: Exclude<Depth, "token">;
  /** Phase by phase. */
  parts: InsidePart[];
  /** The same by component, all layers together; `layer` is `null`. */
  components: InsidePart[];
  /** The same by layer, all its components together; `component` is `"layer"`. */
  layers: InsidePart[];
  /** Phase by phase; empty unless the depth is `operation`. */
  operations: InsideOperation[];
  /** What looking cost, phase by phase. */
  twins: TwinCost[];
  /** Components whose order is not certain. */
  unsureRanks: UnsureRank[];
  /** Phases whose components were amplified; absent in runs that were stored before this was known. */
  amplified?: AmplifiedPhase[];
  /** What could not be told, one line each. */
  notes: string[];
  /** By token; `null` for a run that was read from a database, which has them as rows. */
  cells: InsideCells | null;
  /** The deep metrics; `null` where they were not taken, or are rows of a database. */
  deep: DeepColumns | null;
}
