/** Reads one model's structure and prints how long that took and the most memory that was used. */
import { detectArchitecture } from "../../../lib/model/mod.ts";

const path = Deno.args[0]!;
const startMs = performance.now();
const { coverage } = await detectArchitecture(path);
const ms = performance.now() - startMs;
if (coverage !== 1) throw new Error(`Cannot use ${path}: coverage ${coverage}`);
console.log(JSON.stringify({ ms, peakBytes: peakBytes() }));

// Linux alone tells the highest size of a process; elsewhere what it is now must do.
function peakBytes(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status")) ??
      [];
    return kilobytes === undefined ? Deno.memoryUsage().rss : 1024 * Number(kilobytes);
  } catch {
    return Deno.memoryUsage().rss;
  }
}
