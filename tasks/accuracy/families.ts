import type { RigChip, RigSession } from "../../lib/power/rig/mod.ts";

/** Machines that share a cadence, as they were recorded (shared notes on powermetrics, 4.6). */
export interface Family {
  name: string;
  chips: readonly [RigChip, ...RigChip[]];
  session: RigSession;
  intervalMs: number;
  /** The middle of its cadence, in ms. */
  cadenceMs: number;
}

const LARGE = ["m3max", "m4pro", "m4max"] as const;

/** The families that the accuracy is stated for. */
export const FAMILIES: readonly Family[] = [
  { name: "M1, M2", chips: ["m1", "m2"], session: "shell", intervalMs: 100, cadenceMs: 106 },
  { name: "M3 Max", chips: ["m3max"], session: "shell", intervalMs: 100, cadenceMs: 120 },
  {
    name: "M4 Pro, Max",
    chips: ["m4pro", "m4max"],
    session: "shell",
    intervalMs: 100,
    cadenceMs: 123,
  },
  {
    name: "launchd, interactive",
    chips: LARGE,
    session: "interactive",
    intervalMs: 100,
    cadenceMs: 129,
  },
  {
    name: "launchd, background",
    chips: LARGE,
    session: "background",
    intervalMs: 100,
    cadenceMs: 175,
  },
  { name: "unattended", chips: LARGE, session: "unattended", intervalMs: 100, cadenceMs: 246 },
  { name: "every second", chips: LARGE, session: "shell", intervalMs: 1000, cadenceMs: 1022 },
];
