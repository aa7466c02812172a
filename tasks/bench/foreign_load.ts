import { cpus } from "node:os";
import { cpuUsage } from "node:process";
import { nowMs } from "@tokenwatt/tokenwatt";

/**
 * Starts to watch what the machine does beside this process; what is returned tells how many CPUs
 * others have kept busy since, on average. The system counts in ticks of 10 ms, so over a short
 * time the answer is coarse, and may be a little below 0.
 */
export function watchForeignLoad(): () => number {
  const [startMs, startBusyMs] = [nowMs(), foreignBusyMs()];
  return () => (foreignBusyMs() - startBusyMs) / Math.max(1, nowMs() - startMs);
}

function foreignBusyMs(): number {
  const { user, system } = cpuUsage();
  const busyMs = cpus().reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
  return busyMs - (user + system) / 1000;
}
