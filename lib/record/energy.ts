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

/** The energy of what no record covers. */
export const UNMEASURED: Energy = {
  mj: null,
  lowMj: null,
  highMj: null,
  interval: null,
  method: null,
  resolved: false,
  byRail: {},
  net: null,
};
