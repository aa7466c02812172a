import type { Rail } from "./energy.ts";

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
