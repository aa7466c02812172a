import type { Rail } from "./energy.ts";

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
  | "steps-differ"
  | "step-scale"
  | "agreement"
  | "unsure-rank"
  | "unnamed-work"
  | "no-layers"
  | "capture-ratio"
  | "working-set"
  | "frequency"
  | "fused"
  | "not-amplified"
  | "cut-differs"
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
