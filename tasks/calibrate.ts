/**
 * `deno task calibrate`: how late the meter's counters are read, and what sampling itself draws.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { calibrate, calibrationPath, saveCalibration } from "../lib/power/mod.ts";
import {
  command,
  EXIT,
  ExitWith,
  integer,
  interruptible,
  number,
  ProgressBar,
  runCommand,
} from "./frame/mod.ts";
import { calibrationLines } from "./calibrate/lines.ts";

export const task = command(
  "calibrate",
  "Measure how late the meter's counters are read, and what sampling itself draws.",
)
  .addOption(
    new Option("--power <source>", "source to calibrate; default: the best that works here")
      .env("TOKENWATT_POWER"),
  )
  .addOption(
    new Option("--interval-ms <ms>", "asked time between power records")
      .choices(["50", "100", "200", "500", "1000"]).default("100").env("TOKENWATT_INTERVAL_MS"),
  )
  .addOption(
    new Option("--pulses <count>", "pulses of half a second of work")
      .argParser(integer(1, 100)).default(6),
  )
  .addOption(
    new Option("--idle-seconds <s>", "how long idle power is measured, three times")
      .argParser(number(0, 600)).default(5),
  )
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no bar, only the result"))
  .addHelpText(
    "after",
    `
Half of the CPUs work for half a second and rest for half a second, six times, while the meter is
read; nothing else should run meanwhile. What is found holds until the machine is started anew, for
this source and cadence: deno task profile uses it from then on. Where no rail follows the work,
nothing is kept.

Examples:
  deno task calibrate
  deno task calibrate --power powermetrics --interval-ms 50
  deno task calibrate --json > calibration.json

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C (nothing is kept).`,
  )
  .action(async ({ power, intervalMs, pulses, idleSeconds, json = false, quiet = false }) => {
    using signal = interruptible("Stopping; nothing is kept");
    const bar = new ProgressBar(quiet);
    try {
      const calibration = await calibrate({
        ...(power === undefined ? {} : { source: power }),
        intervalMs: Number(intervalMs),
        pulses,
        idleSeconds,
        signal,
        live: (stage, fraction) => bar.draw(fraction, stage),
      });
      bar.clear();
      let path: string | null = null;
      try {
        if (saveCalibration(calibration)) path = calibrationPath();
      } finally {
        // What was found in half a minute is told even where it cannot be kept.
        if (json) console.log(JSON.stringify(calibration, null, 2));
        else for (const line of calibrationLines(calibration, path)) console.log(line);
      }
    } catch (error) {
      bar.clear();
      if (signal.aborted) throw new ExitWith(EXIT.interrupted);
      throw error;
    }
  });

if (import.meta.main) await runCommand(task);
