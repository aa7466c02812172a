import type { RunDetails } from "./details.ts";
import type { Energy, PowerSample } from "./energy.ts";
import type { MetricSink } from "./metrics.ts";
import type { RunPower } from "./power.ts";
import type { ModelSummary, ProfilingRun, RunStatus } from "./run.ts";
import type { Section, TokenEvent } from "./timing.ts";

/** What is known of a run before it starts. */
export interface RunHeader {
  /** What will run. */
  model: ModelSummary;
  /** What it is asked to continue. */
  prompt: string;
  /** When it started; stored times count from here. */
  startedAtMs: number;
  /** Where power comes from. */
  power: RunPower;
  /** Those of `profile()`; must survive JSON. */
  options: Record<string, unknown>;
  /** The experiment that it belongs to. */
  experiment?: string | undefined;
  /** Free labels. */
  tags?: string[] | undefined;
  /** What is known of the circumstances before it starts. */
  details?: RunDetails | undefined;
}

/** Records as the source wrote them, gzipped, with the time at which each one's last byte arrived. */
export interface RawPowerBatch {
  /** "plist" for powermetrics, "json" for sources that hand over numbers. */
  format: "plist" | "json";
  /** One for each record. */
  arrivalsMs: number[];
  /** The records, one after the other; perhaps several gzip members. */
  gzip: Uint8Array;
}

/** A token as it is stored: every repetition has its own times. */
export interface StoredToken extends TokenEvent {
  /** From 0. */
  repetition: number;
  /** Absent until it is attributed. */
  energyMj?: number | null;
  /** The lower end. */
  lowMj?: number | null;
  /** The upper end. */
  highMj?: number | null;
  /** What the ends are. */
  interval?: Energy["interval"];
  /** How the energy was obtained. */
  method?: Energy["method"];
  /** Whether it is known on its own. */
  resolved?: boolean;
}

/** A section as it is stored. `repetition` is `null` for what is outside the measured window. */
export interface StoredSection extends Section {
  /** From 0; `null` for what is outside the measured window. */
  repetition: number | null;
  /** Absent until it is attributed. */
  energyMj?: number | null;
}

/** How a run ended. `result` is there when it got far enough to be computed. */
export interface RunOutcome {
  /** How it ended. */
  status: Exclude<RunStatus, "running">;
  /** Why, if it is not complete. */
  reason?: string;
  /** What was measured. */
  result?: ProfilingRun;
  /** What is known of the circumstances by now; `undefined` keeps what the header said. */
  details?: RunDetails;
  /**
   * What the result was made of beside what is written row by row: plain data and typed arrays, of
   * which, with the rows and the raw records, it can be made again.
   */
  evidence?: object;
}

/** Where a run is written while it happens. The store fulfils it. All calls are synchronous batches. */
export interface RunSink extends Partial<MetricSink> {
  /** Writes the row with status `running` and returns the run's id. */
  createRun(header: RunHeader): string;
  /** Appends dated samples. */
  addPowerSamples(runId: string, samples: readonly PowerSample[]): void;
  /** Appends records as they came. */
  addRawPower(runId: string, batch: RawPowerBatch): void;
  /** Appends sections. */
  addPipelineSection(runId: string, section: StoredSection | readonly StoredSection[]): void;
  /** Appends tokens, or fills in what is known of them by now. */
  addTokens(runId: string, tokens: readonly StoredToken[]): void;
  /** Writes how the run ended. */
  finishRun(runId: string, outcome: RunOutcome): void;
}
