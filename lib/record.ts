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
  /** Start of the interval, on the clock of `nowMs()`. */
  startMs: number;
  /** End of the interval. */
  endMs: number;
  /** Energy by rail, in mJ. */
  energyMj: Partial<Record<Rail, number | null>>;
}

/** A mean and the two ends that enclose the truth; all `null` where nothing was measured. */
export interface Interval {
  /** The mean, in mJ. */
  mj: number | null;
  /** The lower end, in mJ. */
  lowMj: number | null;
  /** The upper end, in mJ. */
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
  /** How it was obtained. */
  method: EnergyMethod | null;
  /** Not shared, not estimated, three whole records behind it, and half the interval at most 10 %. */
  resolved: boolean;
  /** The same by rail; `null` where a rail was not measured. */
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
  /** What it stands for. */
  kind: SpanKind;
  /** Which one of its kind. */
  name: string;
  /** Start, or `null` where it is weighted. */
  startMs: number | null;
  /** End, or `null` where it is weighted. */
  endMs: number | null;
  /** Share of the parent where times are `null`: corrected milliseconds of the twin. */
  weight?: number;
  /** What it consists of. */
  children: Span[];
}

/** The same tree with the energy of each node. */
export interface EnergySpan extends Span {
  /** What it cost. */
  energy: Energy;
  /** What it consists of, gaps included. */
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
  /** What was found. */
  kind: FindingKind;
  /** `invalid`: the run's energy cannot be used. */
  severity: "info" | "warning" | "invalid";
  /** The rail that it is about. */
  rail?: Rail;
  /** From when. */
  startMs?: number;
  /** Until when. */
  endMs?: number;
  /** How much. */
  value: number;
  /** Of what. */
  unit: string;
  /** The same in words. */
  message: string;
  /** What to do about it. */
  remedy: string;
}

/** The phases of a run, as `pipeline_sections` stores them. */
export type Phase = "idle" | "pre_inference" | "prefill" | "decode" | "post_inference";

/** A named piece of work inside a phase. */
export interface Section {
  /** The phase that it belongs to. */
  phase: Phase;
  /** What was done: `tokenize`, `forward`, `sampling`, … */
  name: string;
  /** Start, on the clock of `nowMs()`. */
  startMs: number;
  /** End. */
  endMs: number;
}

/** One generated token, as it comes out of `generate()`. Index 0 comes out of the prefill. */
export interface TokenEvent {
  /** 0 for the token that comes out of the prefill. */
  index: number;
  /** Its number in the vocabulary. */
  id: number;
  /** What it adds to the text. */
  text: string;
  /** The phase that it came out of. */
  phase: "prefill" | "decode";
  /** Start, on the clock of `nowMs()`. */
  startMs: number;
  /** End. */
  endMs: number;
}

/** What the numbers of a source are: read from a meter, computed from activity, or simulated. */
export type SourceKind = "measured" | "estimated" | "simulated";

/** What a power source says of itself. Plain data, so that it crosses threads. */
export interface SourceInfo {
  /** As `--power` takes it. */
  name: string;
  /** What its numbers are. */
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
  /** Name of the source. */
  source: string;
  /** What its numbers are. */
  kind: SourceKind;
  /** What people read. */
  label: string;
  /** All rails that it reports. */
  rails: Rail[];
  /** Those that add up to the total. */
  totalRails: Rail[];
  /** Asked time between records. */
  intervalMs: number;
  /** Half-width of what is not known about the clocks. */
  boundMs: number | null;
  /** Idle power at this cadence minus at 1 s; `null` until `calibrate` has measured it. */
  observerMw: number | null;
}

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
  /** Tokens of the prompt. */
  promptTokens: number;
  /** Tokens of the answer, a stop token included. */
  generatedTokens: number;
  /** Time to the first token. */
  ttftMs: number | null;
  /** Of the decode phase; `null` for one token. */
  tokensPerSecond: number | null;
  /** Of the decode phase; `null` for one token. */
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

/** One profiled prompt. All but `trace` and `groups` is what `--json` prints. */
export interface ProfilingRun {
  /** As the database names it. */
  runId: string;
  /** How it ended. */
  status: RunStatus;
  /** What ran. */
  model: ModelSummary;
  /** What it was asked to continue. */
  prompt: string;
  /** What it said. */
  response: string;
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
  /** Of one mean repetition. */
  tokens: TokenEnergy[];
  /** Tokens whose energy is known together. */
  groups: TokenGroup[];
  /** The figures. */
  totals: RunTotals;
  /** What happened when. */
  trace: RunTrace;
}

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
}

/** Where a run is written while it happens. The store fulfils it. All calls are synchronous batches. */
export interface RunSink {
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
