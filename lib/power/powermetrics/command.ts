import type { SamplingIntervalMs } from "../source.ts";

/** Where macOS keeps it. The full path, as the sudo rule names it. */
export const POWERMETRICS_PATH = "/usr/bin/powermetrics";

/**
 * Records after which powermetrics ends by itself, two hours' worth for each interval: a dead man's
 * switch, as a process that is not root cannot signal one that is. One fixed number for each
 * interval, so that the sudo rule can name the command lines one by one.
 */
export const POWERMETRICS_RECORDS: Readonly<Record<SamplingIntervalMs, number>> = {
  50: 144_000,
  100: 72_000,
  200: 36_000,
  500: 14_400,
  1000: 7_200,
};

/** The samplers that are asked for, by whether `ane_power` is among them. */
export const POWERMETRICS_SAMPLERS = {
  /** ANE energy comes with `cpu_power`, on every machine that has been recorded. */
  plain: "cpu_power,gpu_power,thermal",
  /** For where it does not: `ane_power` is unknown to macOS 13 and prints nothing on M1. */
  ane: "cpu_power,gpu_power,ane_power,thermal",
} as const;

/** Which samplers are asked for. */
export type PowermetricsSamplers = keyof typeof POWERMETRICS_SAMPLERS;

/**
 * The command line that samples every `intervalMs`, without the `sudo -n` before it.
 * `-b 0 -a 0` turn buffering and running averages off.
 */
export function powermetricsCommand(
  intervalMs: SamplingIntervalMs,
  samplers: PowermetricsSamplers = "plain",
): string[] {
  return [
    POWERMETRICS_PATH,
    "-f",
    "plist",
    "-b",
    "0",
    "-a",
    "0",
    "-i",
    String(intervalMs),
    "-n",
    String(POWERMETRICS_RECORDS[intervalMs]),
    "--samplers",
    POWERMETRICS_SAMPLERS[samplers],
  ];
}
