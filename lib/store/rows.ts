import type {
  ActivationStatistics,
  PhaseEnergy,
  PowerSample,
  ProfilingRun,
  Rail,
  RunDetails,
  RunStatus,
  RunTotals,
  StoredToken,
} from "../record.ts";
import type { SqliteDriver } from "./connection.ts";
import type { RunFigures } from "./figures.ts";
import type { RunHost } from "./host.ts";

/** How a database is opened. */
export interface ProfileDatabaseOptions {
  /** Another SQLite library; default: `node:sqlite`. */
  driver?: SqliteDriver;
  /** Refuse to create, migrate or change anything. Default false. */
  readOnly?: boolean;
  /** With `readOnly`: migrate what an older Tokenwatt wrote, and only that. Default false. */
  upgrade?: boolean;
  /** How long a write waits for those of other processes before it gives up; default 10,000. */
  busyTimeoutMs?: number;
}

/** A run as a list shows it: what its row holds, without tokens, sections and trace. */
export interface RunListing
  extends Pick<ProfilingRun, "runId" | "status" | "model" | "prompt" | "response" | "power"> {
  /** When `createRun` was called, on the clock of `nowMs()`. */
  startedAtMs: number;
  /** When it was finished; for a killed run, the end of the last thing that was written. */
  endedAtMs: number | null;
  /** Why it is interrupted or failed. */
  reason: string | null;
  /** The experiment that it is a part of. */
  experiment: string | null;
  /** Free labels. */
  tags: string[];
  /** The options of `profile()`, as they were given or filled in. */
  options: Record<string, unknown>;
  /** The machine. */
  host: RunHost;
  /** What is known of the circumstances; `null` for what is not. */
  details: RunDetails;
  /** What the run found about its own conditions. */
  findings: ProfilingRun["findings"];
  /** What can be concluded and what cannot; empty until the run has a result. */
  verdict: string;
  /** `null` until the run has a result. */
  measured: ProfilingRun["measured"] | null;
  /** `null` until the run has a result. */
  totals: RunTotals | null;
  /** What follows from the trace; `null` until the run has a result. */
  figures: RunFigures | null;
}

/** A whole run, read back. One without a result has what was written: `null` energies, no groups. */
export interface StoredRun extends Omit<RunListing, keyof ProfilingRun>, ProfilingRun {}

/** A figure that runs can be sorted by; those that do not have it come last. */
export type RunMetric =
  | keyof RunTotals
  | Exclude<keyof RunFigures, "peakMwByRail">
  | "startedAtMs"
  | "parameters"
  | "measuredDurationMs"
  | "measuredEnergyMj"
  | "kvCacheBytes"
  | "peakMemoryBytes";

/** Which runs `getRuns` lists, and in what order. All conditions must hold. */
export interface RunFilter {
  /** Default 50. */
  limit?: number;
  /** How many to pass over: the pages before. */
  offset?: number;
  /** Default `startedAtMs`. */
  sort?: RunMetric;
  /** Default false: newest, or largest, first. */
  ascending?: boolean;
  /** As it reads: a killed run is `interrupted`. */
  status?: RunStatus;
  /** Name or family. */
  model?: string;
  /** Its whole name. */
  experiment?: string;
  /** One of the run's tags. */
  tag?: string;
  /** What ran the model. */
  engine?: string;
  /** Execution provider. */
  provider?: string;
  /** `fp32`, `fp16`, … */
  precision?: string;
  /** Name of the machine. */
  host?: string;
  /** Where power came from: `powermetrics`, `estimate`, `rig:m4max`, … */
  source?: string;
  /** Started then or later, in epoch ms. */
  sinceMs?: number;
  /** Started before, in epoch ms. */
  untilMs?: number;
  /** At least so much, in J. */
  minJoulesPerToken?: number;
  /** At most so much, in J. */
  maxJoulesPerToken?: number;
}

/** What a run spent in one component of one layer, added up over its tokens. */
export interface LayerComponentSummary {
  /** `null` for what lies outside of the layers: embed_tokens, final_norm, lm_head, other. */
  layer: number | null;
  /** As the vocabulary of the design names it: `q_proj`, `attention`, … */
  component: string;
  /** How many tokens stand behind the sums. */
  tokens: number;
  /** Sum over the tokens. */
  durationMs: number | null;
  /** Sum over the tokens. */
  energyMj: number | null;
  /** What they hold at least together; `RunInside` knows closer limits of a mean repetition. */
  lowMj: number | null;
  /** What they hold at most together. */
  highMj: number | null;
  /** Means over the tokens; of `maxAbs`, the maximum. */
  activation: ActivationStatistics | null;
}

/** Means over the tokens of a run. */
export interface LayerMean {
  /** From 0. */
  layer: number;
  /** Of all its components, per token. */
  durationMs: number | null;
  /** Of all its components, per token. */
  energyMj: number | null;
  /** Its lower limit. */
  lowMj: number | null;
  /** Its upper limit. */
  highMj: number | null;
}

/** Means over the tokens of a run, all layers together. */
export interface ComponentMean {
  /** As the vocabulary of the design names it. */
  component: string;
  /** In all layers, per token. */
  durationMs: number | null;
  /** In all layers, per token. */
  energyMj: number | null;
  /** Its lower limit. */
  lowMj: number | null;
  /** Its upper limit. */
  highMj: number | null;
}

/** How values are distributed; quantiles by linear interpolation. */
export interface Distribution {
  /** How many. */
  count: number;
  /** Their mean. */
  mean: number;
  /** The least. */
  min: number;
  /** 5 % point. */
  p5: number;
  /** 25 % point. */
  p25: number;
  /** Median. */
  p50: number;
  /** 75 % point. */
  p75: number;
  /** 95 % point. */
  p95: number;
  /** 99 % point. */
  p99: number;
  /** The largest. */
  max: number;
}

/** The figures of a run, without scanning the rows of its components. */
export interface RunSummary extends RunListing {
  /** Phases of the mean repetition; empty without a result. */
  phases: PhaseEnergy[];
  /** Empty where the run did not look into layers. */
  layerComponents: LayerComponentSummary[];
  /** Means of layers; empty where the run did not look into them. */
  layers: LayerMean[];
  /** Means of components; empty where the run did not look into them. */
  components: ComponentMean[];
  /** The ten costliest components of single layers: by energy, or by time where there is none. */
  hottest: LayerComponentSummary[];
  /**
   * Decode steps of all repetitions; `null` where nothing was timed or measured. `resolved` of them
   * have an energy that is known on its own, the others share one by their time.
   */
  tokens: {
    durationMs: Distribution | null;
    energyMj: Distribution | null;
    resolved: number;
  };
}

/** A token of one repetition, as its row holds it. */
export interface TokenRow extends Required<StoredToken> {
  /** `tokens.id`; `id` is the token's number in the vocabulary. */
  rowId: number;
  /** `endMs - startMs`. */
  durationMs: number;
}

/** A power record with the mean power that follows from it. */
export interface PowerTimelinePoint extends PowerSample {
  /** By rail of the source; `null` where it was not measured. */
  powerMw: Partial<Record<Rail, number | null>>;
  /** Sum over the run's total rails; `null` where one of them was not measured. */
  totalMw: number | null;
}
