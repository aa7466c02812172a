import { checkForeignLoad, type PowerMonitor } from "../../power/mod.ts";
import type { RunHeader } from "../../record.ts";
import type { Window } from "../baseline.ts";
import type { LatchByRail } from "../latch.ts";
import type { RunRecorder } from "../recorder.ts";
import type { PowerWindow } from "./power_window.ts";
import type { WindowRemains } from "./report.ts";

/** What a session works with. */
export interface SessionParts {
  monitor: PowerMonitor;
  recorder: RunRecorder;
  header: RunHeader;
  latchMs: LatchByRail;
  before: Window | null;
  baselineSeconds: number;
  signal: AbortSignal | undefined;
}

/** All that a session has seen so far. */
export function remainsOf(
  { monitor, recorder, header, latchMs, before }: SessionParts,
  closed: readonly PowerWindow[],
  status: WindowRemains["status"],
  after: Window | null,
): WindowRemains {
  const alignment = monitor.alignment();
  const { samples, boundMs } = alignment;
  const findings = monitor.findings();
  const taken = monitor.samples();
  return {
    runId: recorder.runId,
    header: { ...header, power: { ...header.power, boundMs } },
    status,
    windows: closed.flatMap(({ span }) => span ?? []),
    before,
    after,
    info: monitor.info,
    latchMs,
    power: { samples, alignment, findings },
    observed: closed.flatMap(({ cpuTimes: [before, after] }) =>
      checkForeignLoad(before, after, taken, monitor.intervalMs)
    ),
  };
}
