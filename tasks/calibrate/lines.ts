import type { Calibration } from "../../lib/power/mod.ts";
import { type Rail, RAILS } from "../../lib/record.ts";
import { tableLines } from "../frame/mod.ts";

/** What a calibration found, for people; `path` is `null` where it was not kept. */
export function calibrationLines(calibration: Calibration, path: string | null): string[] {
  const { source, intervalMs, latchMs, boundMs, observerMw } = calibration;
  const rails = RAILS.filter((rail: Rail) => latchMs[rail] !== undefined);
  const rows = rails.flatMap((rail) => {
    const latch = latchMs[rail];
    if (latch === undefined) return [];
    const ends = [latch.lowMs - boundMs, latch.highMs + boundMs].map((ms) => ms.toFixed(1));
    return [[rail, latch.delayMs.toFixed(1), `${ends[0]} to ${ends[1]}`]];
  });
  return [
    `${source} at ${intervalMs} ms: how long after their dates the counters are read`,
    ...(rows.length === 0
      ? ["no rail answered to the pulses: energies keep the wide prior of -5 to 40 ms"]
      : tableLines([
        { title: "rail" },
        { title: "delay ms", right: true },
        { title: "95 %, dates included", right: true },
      ], rows)),
    "",
    observerLine(observerMw, intervalMs),
    path === null ? "nothing is kept" : `kept until the next start of this machine in ${path}`,
  ];
}

function observerLine(observerMw: number | null, intervalMs: number): string {
  if (observerMw === null) return "what sampling itself draws was not measured";
  const often = `sampling every ${intervalMs} ms`;
  return observerMw > 0
    ? `${often} draws ${observerMw.toFixed(0)} mW more than once a second`
    : `that ${often} draws more than once a second cannot be seen (${observerMw.toFixed(0)} mW)`;
}
