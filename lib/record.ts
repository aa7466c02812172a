/**
 * The vocabulary: the plain types that all rooms share. Times are milliseconds of the clock in
 * `clock.ts`, energies millijoules, powers milliwatts. `null` means "not measured" and never 0.
 *
 * @module
 */

/** A part of the machine whose energy a source reports. */
export type Rail = "cpu" | "gpu" | "ane" | "dram" | "package" | "system";

/** Every rail, in the order in which tables and charts show them. */
export const RAILS: readonly Rail[] = ["cpu", "gpu", "ane", "dram", "package", "system"];

/** Energy per rail over one interval of time. An absent rail or `null` was not measured. */
export interface PowerSample {
  startMs: number;
  endMs: number;
  energyMj: Partial<Record<Rail, number | null>>;
}

/** A mean and the two ends that enclose the truth; all `null` where nothing was measured. */
export interface Interval {
  mj: number | null;
  lowMj: number | null;
  highMj: number | null;
}

/** How an energy was obtained, from strong to weak; `sum` adds parts that differ in method. */
export type EnergyMethod =
  | "integrated"
  | "repeated"
  | "amplified"
  | "deconvolved"
  | "shared"
  | "estimated"
  | "sum";

/** An energy that says how it was got and how sure it is. */
export interface Energy extends Interval {
  /** `ci95`: 2.5 and 97.5 % points of the joint draws; `hard`: limits that cannot be passed. */
  interval: "ci95" | "hard" | null;
  method: EnergyMethod | null;
  /** Not shared, not estimated, three whole records behind it, and half the interval at most 10 %. */
  resolved: boolean;
  byRail: Partial<Record<Rail, Interval | null>>;
  /** Gross minus idle power × duration; may be negative; `null` without a baseline. */
  net: Interval | null;
}

/** What a span of time stands for. */
export type SpanKind =
  | "run"
  | "repetition"
  | "phase"
  | "section"
  | "token"
  | "layer"
  | "component"
  | "operation"
  | "gap"
  | "other";

/** A node of the tree of what ran when. Children are all timed, or all weighted. */
export interface Span {
  kind: SpanKind;
  name: string;
  startMs: number | null;
  endMs: number | null;
  /** Share of the parent where times are `null`: corrected milliseconds of the twin. */
  weight?: number;
  children: Span[];
}

/** The same tree with the energy of each node. */
export interface EnergySpan extends Span {
  energy: Energy;
  children: EnergySpan[];
}

/** The closed list of things that a run can find about its own conditions. */
export type FindingKind =
  | "cadence"
  | "gap"
  | "lost-records"
  | "batched-rail"
  | "stuck-rail"
  | "missing-rail"
  | "thermal-pressure"
  | "low-power"
  | "foreign-load"
  | "not-steady"
  | "baseline-drift"
  | "sleep"
  | "clock-step"
  | "parse-time"
  | "observer"
  | "sampler-died"
  | "too-short"
  | "estimated"
  | "dram-not-measured";

/** Something about a run that its reader must know: data, not prose. */
export interface Finding {
  kind: FindingKind;
  severity: "info" | "warning" | "invalid";
  rail?: Rail;
  startMs?: number;
  endMs?: number;
  value: number;
  unit: string;
  message: string;
  remedy: string;
}

/** The phases of a run, as `pipeline_sections` stores them. */
export type Phase = "idle" | "pre_inference" | "prefill" | "decode" | "post_inference";

/** A named piece of work inside a phase. */
export interface Section {
  phase: Phase;
  name: string;
  startMs: number;
  endMs: number;
}

/** One generated token, as it comes out of `generate()`. Index 0 comes out of the prefill. */
export interface TokenEvent {
  index: number;
  id: number;
  text: string;
  phase: "prefill" | "decode";
  startMs: number;
  endMs: number;
}

/** What the numbers of a source are: read from a meter, computed from activity, or simulated. */
export type SourceKind = "measured" | "estimated" | "simulated";

/** What a power source says of itself. Plain data, so that it crosses threads. */
export interface SourceInfo {
  name: string;
  kind: SourceKind;
  /** All rails that it reports. */
  rails: Rail[];
  /** Those of them that add up to its total. */
  totalRails: Rail[];
  /** What people read: "CPU+GPU+ANE (powermetrics)". Never "system" unless it is. */
  label: string;
  /** Relative error of the numbers themselves, stated by the source; `null` where unknown. */
  statedError: number | null;
}

/** Power as a run reports it. */
export interface RunPower {
  source: string;
  kind: SourceKind;
  label: string;
  rails: Rail[];
  totalRails: Rail[];
  intervalMs: number;
  /** Half-width of what is not known about the clocks. */
  boundMs: number | null;
  /** Idle power at this cadence minus at 1 s; `null` until `calibrate` has measured it. */
  observerMw: number | null;
}

/** What identifies a model in a run. */
export interface ModelSummary {
  name: string;
  path: string;
  family: string;
  numLayers: number;
  parameters: number;
  precision: string;
  contextLength: number | null;
}

/** A phase of one mean repetition; times count from the start of the repetition. */
export interface PhaseEnergy {
  phase: Phase;
  startMs: number;
  endMs: number;
  durationMs: number;
  energy: Energy;
}

/** A section of one mean repetition, all its occurrences added up. */
export interface SectionEnergy extends PhaseEnergy {
  name: string;
}

/** A token of one mean repetition. */
export interface TokenEnergy extends TokenEvent {
  energyMj: number | null;
  lowMj: number | null;
  highMj: number | null;
  interval: Energy["interval"];
  method: Energy["method"];
  resolved: boolean;
  /** Index into `groups`: the smallest set of neighbours whose energy is known together. */
  group: number;
}

/** Neighbouring tokens, of one phase, whose energy is known together. */
export interface TokenGroup {
  firstIndex: number;
  lastIndex: number;
  phase: "prefill" | "decode";
  durationMs: number;
  energy: Energy;
}

/** The figures of one mean repetition. */
export interface RunTotals {
  durationMs: number;
  energyMj: number | null;
  lowMj: number | null;
  highMj: number | null;
  baselineMw: number | null;
  peakMw: number | null;
  meanMw: number | null;
  promptTokens: number;
  generatedTokens: number;
  ttftMs: number | null;
  tokensPerSecond: number | null;
  joulesPerToken: number | null;
  joulesPerPromptToken: number | null;
  prefillMj: number | null;
  decodeMj: number | null;
  loadMj: number | null;
}

/** What happened when, on the clock of the run: the stuff of the power timeline. */
export interface RunTrace {
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

/** One profiled prompt. All but `trace` and `groups` is what `--json` prints. */
export interface ProfilingRun {
  runId: string;
  status: RunStatus;
  model: ModelSummary;
  prompt: string;
  response: string;
  power: RunPower;
  findings: Finding[];
  /** One line: what can be concluded from this run and what cannot. */
  verdict: string;
  measured: { repetitions: number; durationMs: number; energyMj: number | null };
  phases: PhaseEnergy[];
  sections: SectionEnergy[];
  tokens: TokenEnergy[];
  groups: TokenGroup[];
  totals: RunTotals;
  trace: RunTrace;
}

/** What is known of a run before it starts. */
export interface RunHeader {
  model: ModelSummary;
  prompt: string;
  startedAtMs: number;
  power: RunPower;
  options: Record<string, unknown>;
  experiment?: string | undefined;
  tags?: string[] | undefined;
}

/** Records as the source wrote them, gzipped, with the time at which each one's last byte arrived. */
export interface RawPowerBatch {
  /** "plist" for powermetrics, "json" for sources that hand over numbers. */
  format: "plist" | "json";
  arrivalsMs: number[];
  gzip: Uint8Array;
}

/** A token as it is stored: every repetition has its own times. */
export interface StoredToken extends TokenEvent {
  repetition: number;
  energyMj?: number | null;
  lowMj?: number | null;
  highMj?: number | null;
  interval?: Energy["interval"];
  method?: Energy["method"];
  resolved?: boolean;
}

/** A section as it is stored. `repetition` is `null` for what is outside the measured window. */
export interface StoredSection extends Section {
  repetition: number | null;
  energyMj?: number | null;
}

/** How a run ended. `result` is there when it got far enough to be computed. */
export interface RunOutcome {
  status: Exclude<RunStatus, "running">;
  reason?: string;
  result?: ProfilingRun;
}

/** Where a run is written while it happens. The store fulfils it. All calls are synchronous batches. */
export interface RunSink {
  /** Writes the row with status `running` and returns the run's id. */
  createRun(header: RunHeader): string;
  addPowerSamples(runId: string, samples: readonly PowerSample[]): void;
  addRawPower(runId: string, batch: RawPowerBatch): void;
  addPipelineSection(runId: string, section: StoredSection | readonly StoredSection[]): void;
  addTokens(runId: string, tokens: readonly StoredToken[]): void;
  finishRun(runId: string, outcome: RunOutcome): void;
}
