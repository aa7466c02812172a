import type { Finding, PowerSample } from "../record.ts";
import type { Reading, Segment } from "./readings.ts";

const LONG_PAUSE_MS = 1000;

/** Two neighbouring records that no common path explains. */
export function breakFinding(before: PowerSample, after: PowerSample, reading: Reading): Finding {
  const pauseMs = after.startMs - before.endMs;
  const place = {
    severity: "warning" as const,
    startMs: before.endMs,
    endMs: after.startMs,
    value: pauseMs,
    unit: "ms",
  };
  if (reading !== "arrival" && pauseMs > LONG_PAUSE_MS) {
    return {
      kind: "sleep",
      ...place,
      message: `Power sampling paused for ${(pauseMs / 1000).toFixed(1)} s, as in sleep`,
      remedy: "keep the machine awake (caffeinate -i) and run again",
    };
  }
  return {
    kind: "clock-step",
    ...place,
    message: "The clock behind the power records was set while they were taken",
    remedy: "run again; what was measured around this moment may be dated wrongly",
  };
}

/** Records that leave time between them. */
export function gapFinding(segment: Segment, samples: readonly PowerSample[]): Finding {
  return {
    kind: "gap",
    severity: "info",
    startMs: samples[segment.from]!.startMs,
    endMs: samples[segment.to - 1]!.endMs,
    value: segment.gapMs,
    unit: "ms",
    message: `About ${segment.gapMs.toFixed(2)} ms after each power record are covered by none`,
    remedy: "none needed; energies hold for the time that the records cover",
  };
}
