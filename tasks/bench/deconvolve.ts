/**
 * How long deconvolution takes: 500 tokens × 30 repetitions on the virtual rig, the goal being 2 s.
 * `deno run tasks/bench/deconvolve.ts` prints processor time, which other programs do not change.
 *
 * @module
 */
import process from "node:process";
import { deconvolve } from "../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import { FAMILIES } from "../accuracy/families.ts";
import { generations } from "../accuracy/generations.ts";

for (const tokenMs of [20, 60]) {
  const { repetitions, samples, boundMs } = generations({
    seed: 5,
    family: FAMILIES[1]!,
    tokenMs,
    shape: "spiky",
    tokens: 500,
    repetitions: 30,
  });
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: [-5, 40] as const };
  const before = process.cpuUsage();
  const { method } = deconvolve(repetitions, samples, options);
  const { user, system } = process.cpuUsage(before);
  console.log(
    `500 tokens of ${tokenMs} ms × 30, ${samples.length} records: ${method} in ` +
      `${Math.round((user + system) / 1000)} ms of processor time`,
  );
}
