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

/** Which runs `getRuns` lists, newest first. */
export interface RunFilter {
  /** Default 50. */
  limit?: number;
  /** How many of the newest to pass over. */
  offset?: number;
  /** As it reads: a killed run is `interrupted`. */
  status?: RunStatus;
  /** Name or family. */
  model?: string;
  /** Its whole name. */
  experiment?: string;
  /** One of the run's tags. */
  tag?: string;
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
  /** Means over the tokens; of `maxAbs`, the maximum. */
  activation: ActivationStatistics | null;
}

/** The figures of a run, without scanning its rows. */
export interface RunSummary extends RunListing {
  /** Phases of the mean repetition; empty without a result. */
  phases: PhaseEnergy[];
  /** Empty where the run did not look into layers. */
  layerComponents: LayerComponentSummary[];
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
