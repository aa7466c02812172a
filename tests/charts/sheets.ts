/** Which figures the contact sheet shows, each for a width in px. */
import { type Figure, powerTimeline, tokenEnergy } from "../../lib/charts/mod.ts";
import { HOSTILE, makeRun } from "./runs.ts";

export const SHEETS: Record<string, (width: number) => Figure[]> = {
  timeline: (width) => [
    powerTimeline(makeRun(), { width }),
    powerTimeline(
      makeRun({ kind: "estimated", rails: ["cpu"], measuredRails: ["cpu"], totalRails: ["cpu"] }),
      { width },
    ),
    powerTimeline(makeRun({ repetitions: 2, tokens: 40, tokenMs: 40, prefillMs: 420 }), { width }),
    powerTimeline(makeRun({ repetitions: 2, tokens: 40, tokenMs: 40, prefillMs: 420 }), {
      width,
      phase: "decode",
    }),
    powerTimeline(makeRun({ gap: true, energies: "null", status: "interrupted" }), { width }),
  ],
  tokens: (width) => [
    tokenEnergy(makeRun(), { width }),
    tokenEnergy(makeRun({ kind: "estimated" }), { width }),
    tokenEnergy(makeRun({ energies: "mixed", groupSize: 3, tokens: 120 }), { width }),
    tokenEnergy(makeRun({ energies: "null" }), { width }),
    tokenEnergy(makeRun({ tokens: 1 }), { width }),
    tokenEnergy(makeRun({ text: HOSTILE, groupSize: 2, prompt: "<img src=x onerror=alert(1)>" }), {
      width,
    }),
    tokenEnergy(makeRun({ tokens: 400, groupSize: 1 }), { width }),
  ],
};
