import type { Energy } from "../../lib/record.ts";

/** An energy by one way, against the truth. */
export interface Trial {
  what: "phase" | "token" | "layer" | "component";
  method: string;
  /** Which of its kind: how long a phase was, how tokens differ. */
  case: string;
  cadenceMs: number;
  tokenMs: number | null;
  /** |estimate ÷ truth − 1|; null where there is no estimate. */
  error: number | null;
  interval: Energy["interval"];
  resolved: boolean;
  /** Whether the truth lies in the interval; null of none. */
  isInside: boolean | null;
  /** How far its power is from the mean of its like, relative. */
  deviation: number;
  /** Which answer it is of: trials of one answer share their records. */
  answer?: number;
}

/** What a trial says of an energy with an interval. */
export function judged(
  { mj, lowMj, highMj, interval, resolved }: Energy,
  trueMj: number,
): Pick<Trial, "error" | "interval" | "resolved" | "isInside"> {
  return {
    error: mj === null ? null : Math.abs(mj / trueMj - 1),
    interval,
    resolved,
    isInside: lowMj === null || highMj === null ? null : lowMj <= trueMj && trueMj <= highMj,
  };
}

/** What a trial says of a bare number. */
export function bare(
  mj: number,
  trueMj: number,
): Pick<Trial, "error" | "interval" | "resolved" | "isInside"> {
  return { error: Math.abs(mj / trueMj - 1), interval: null, resolved: false, isInside: null };
}
