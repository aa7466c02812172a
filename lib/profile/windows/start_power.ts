import { nowMs, pause } from "../../clock.ts";
import { InputError } from "../../errors.ts";
import {
  detectPowerSource,
  loadCalibration,
  PowerMonitor,
  type PowerSourceSpec,
} from "../../power/mod.ts";
import type { ModelSummary, RunHeader, RunSink } from "../../record.ts";
import { latchOf } from "../latch.ts";
import { RunRecorder } from "../recorder.ts";
import { PowerSession } from "./power_session.ts";

/** How power is sampled beside any code. */
export interface StartPowerOptions {
  /** What the session is about; stands where a run has its prompt. Default "code". */
  name?: string;
  /** Where power comes from; default: what `detectPowerSource()` finds. */
  source?: PowerSourceSpec | string;
  /** Asked time between power records: 50, 100, 200, 500 or 1000; default 100. */
  intervalMs?: number;
  /** Idle time that is measured before, and up to 2 s of it again at the end; default 3. */
  baselineSeconds?: number;
  /** Where the session is written while it happens: a `ProfileDatabase`. Absent: in memory only. */
  database?: RunSink;
  /** Labels of the stored run. */
  tags?: string[];
  /** Ends the waiting for idle power; in a notebook, pass `interruptSignal()`. */
  signal?: AbortSignal;
}

/** What stands where a run has its model. */
const NO_MODEL: ModelSummary = {
  name: "your code",
  path: "",
  family: "none",
  numLayers: 0,
  parameters: 0,
  precision: "none",
  contextLength: null,
};

/** The sessions that run, by name: a cell that is run again replaces the session that it left. */
const sessions = new Map<string, Promise<PowerSession>>();

/**
 * Starts sampling power, so that any code can be measured: in a notebook's cells, tests, scripts.
 *
 * A session of the same name that still runs, as a cell that crashed leaves it, is stopped first and
 * kept. Stop it: until then the sampler runs, and a script does not end. Nothing tells what was
 * measured from what ran beside it: energy is the whole machine's, `net` what is above idle.
 *
 * @throws {InputError} if an option or the source cannot be used
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { startPower } from "@tokenwatt/tokenwatt";
 *
 * const power = await startPower({ source: "estimate", baselineSeconds: 0 });
 * await power.measure("busy", () => Array.from({ length: 1000 }, Math.random), { minSeconds: 0.3 });
 * const report = await power.stop();
 * assert(report.windows[0]?.label === "busy" && report.windows[0].energy.mj !== null);
 * ```
 */
export function startPower(options: StartPowerOptions = {}): Promise<PowerSession> {
  const { name = "code" } = options;
  const previous = sessions.get(name);
  const started = replace(previous, options);
  sessions.set(name, started);
  return started;
}

async function replace(
  previous: Promise<PowerSession> | undefined,
  options: StartPowerOptions,
): Promise<PowerSession> {
  // How the old one ended was told to who asked for it.
  await previous?.then((session) => session.stop()).catch(() => {});
  return await start(options);
}

async function start(options: StartPowerOptions): Promise<PowerSession> {
  const { name = "code", intervalMs = 100, baselineSeconds = 3, database, tags, signal } = options;
  if (!(baselineSeconds >= 0 && baselineSeconds <= 3600)) {
    throw new InputError(`Cannot measure idle power for ${baselineSeconds} s`, {
      remedy: "pass baselineSeconds from 0 to 3600",
    });
  }
  const source = options.source ?? (await detectPowerSource()).source;
  const monitor = new PowerMonitor({ source, intervalMs });
  try {
    await monitor.start();
    const calibration = loadCalibration(monitor.info.name, monitor.intervalMs);
    const { name: sourceName, kind, label, rails, totalRails } = monitor.info;
    const header: RunHeader = {
      model: NO_MODEL,
      prompt: name,
      startedAtMs: nowMs(),
      options: { name, source, intervalMs, baselineSeconds },
      tags,
      power: {
        source: sourceName,
        kind,
        label,
        rails,
        totalRails,
        intervalMs: monitor.intervalMs,
        boundMs: monitor.alignment().boundMs,
        observerMw: calibration?.observerMw ?? null,
      },
    };
    const recorder = new RunRecorder(database ?? null, header, monitor);
    monitor.hint("idle");
    const startMs = nowMs();
    await pause(baselineSeconds * 1000, signal);
    const before = baselineSeconds > 0 ? { startMs, endMs: nowMs() } : null;
    const latchMs = latchOf(kind, calibration);
    return new PowerSession({
      monitor,
      recorder,
      header,
      latchMs,
      before,
      baselineSeconds,
      signal,
    });
  } catch (error) {
    await monitor.stop();
    throw error;
  }
}
