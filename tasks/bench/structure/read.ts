/** Reads one model's structure and prints how long that took and the most memory that was used. */
import process from "node:process";
import { nowMs } from "../../../lib/clock.ts";
import { detectArchitecture } from "../../../lib/model/mod.ts";
import type { Taken } from "../duration.ts";

const path = Deno.args[0]!;
const startMs = nowMs();
const { coverage } = await detectArchitecture(path);
const ms = nowMs() - startMs;
if (coverage !== 1) throw new Error(`Cannot use ${path}: coverage ${coverage}`);
console.log(JSON.stringify({ ms, peakBytes: peakBytes() } satisfies Taken));

/** On Linux what getrusage(2) tells begins with the peak of who started the process. */
function peakBytes(): number {
  if (Deno.build.os !== "linux") return 1024 * process.resourceUsage().maxRSS;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return 1024 * Number(kilobytes);
}
