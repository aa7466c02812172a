import { nowMs, pause } from "../clock.ts";
import { InputError } from "../errors.ts";
import type { PowerSample, Rail } from "../record.ts";
import { fitLatch, type LatchDelay, type Pulse } from "./calibration_fit.ts";
import { thisBoot } from "./calibration_file.ts";
import { PowerMonitor } from "./monitor.ts";
import { Pulses } from "./pulses.ts";
import type { PowerSourceSpec } from "./source.ts";

/** What a meter is like on this machine, until it is started anew. */
export interface Calibration {
  /** Name of the source. */
  source: string;
  /** The cadence that it holds for, in ms. */
  intervalMs: number;
  /** Name of the machine. */
  host: string;
  /** When the machine was started, in epoch ms. */
  bootMs: number;
  /** When this was measured, in epoch ms. */
  measuredAtMs: number;
  /** Delay of the counters behind the records' dates, of the rails that answered to the pulses. */
  latchMs: Partial<Record<Rail, LatchDelay>>;
  /** Half-width of what was not known about the dates, in ms: part of what is not known of a delay. */
  boundMs: number;
  /** Idle power at this cadence minus at 1 s, in mW; `null` where it was not measured. */
  observerMw: number | null;
}

/** How to calibrate. */
export interface CalibrateOptions {
  /** The source by name or spec; the best that works here unless stated. */
  source?: PowerSourceSpec | string;
  /** The cadence to calibrate, in ms; 100 unless stated. */
  intervalMs?: number;
  /** How many pulses; 6 unless stated. */
  pulses?: number;
  /** How long idle power is measured, three times, in seconds; 5 unless stated. */
  idleSeconds?: number;
  /** Ends it with an `Error`; nothing is kept. */
  signal?: AbortSignal;
  /** Called with what is going on and how much is done, 0 to 1. */
  live?: (stage: string, fraction: number) => void;
}

const PULSE_MS = 500;
const SLOW_MS = 1000;

/**
 * Measures how late a meter's counters are read, by pulses of CPU work whose times are known, and
 * what sampling itself draws: idle power at the cadence minus at one record a second. Half a minute
 * on a machine with nothing else to do. Times in ms, power in mW.
 *
 * Throws `InputError` where the source does not work, or is simulated.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrate } from "@tokenwatt/tokenwatt";
 *
 * const quick = { source: "estimate", intervalMs: 50, pulses: 2, idleSeconds: 0 };
 * const { latchMs, observerMw } = await calibrate(quick);
 * assert(observerMw === null && Math.abs(latchMs.cpu?.delayMs ?? 0) < 50);
 * ```
 */
export async function calibrate(options: CalibrateOptions = {}): Promise<Calibration> {
  const { signal, intervalMs = 100, pulses = 6, idleSeconds = 5 } = options;
  if (!(Number.isInteger(pulses) && pulses >= 1 && pulses <= 100 && idleSeconds >= 0)) {
    throw new InputError(`Cannot calibrate with ${pulses} pulses and ${idleSeconds} s of idling`, {
      remedy: "pass 1 to 100 pulses and 0 s or more",
    });
  }
  const idleMs = idleSeconds * 1000;
  const pulseMs = Math.max(PULSE_MS, 2 * intervalMs);
  const slowMs = intervalMs === SLOW_MS ? 0 : idleMs;
  const wholeMs = idleMs + pulses * 2.5 * pulseMs + 2 * slowMs;
  let doneMs = 0;
  const go = (stage: string, lengthMs: number) => {
    signal?.throwIfAborted();
    options.live?.(stage, Math.min(1, doneMs / wholeMs));
    doneMs += lengthMs;
  };

  const source = options.source;
  await using monitor = new PowerMonitor({ ...(source ? { source } : {}), intervalMs });
  await monitor.start();
  const { info } = monitor;
  if (info.kind === "simulated") {
    throw new InputError(`Cannot calibrate ${info.name}: simulated power follows no work`, {
      remedy: "choose a source that measures this machine (deno task doctor)",
    });
  }
  go("idle power", idleMs);
  const before = await idle(idleMs, signal);
  const train = await pulseTrain(pulses, pulseMs, intervalMs, signal, () => {
    go("pulses", 2.5 * pulseMs);
  });
  await monitor.stop();
  signal?.throwIfAborted();
  const samples = monitor.samples();
  const here = { source: info.name, rails: info.totalRails };

  let observerMw: number | null = null;
  if (slowMs > 0) {
    go("idle power at one record a second", slowMs);
    const slowMw = await idlePowerMw(source ?? info.name, SLOW_MS, slowMs, here.rails, signal);
    go("idle power again", slowMs);
    const againMw = await idlePowerMw(source ?? info.name, intervalMs, slowMs, here.rails, signal);
    const beforeMw = meanMw(samples, before, here.rails);
    if (slowMw !== null && againMw !== null && beforeMw !== null) {
      observerMw = (beforeMw + againMw) / 2 - slowMw;
    }
  }
  go("done", 0);
  const latchMs: Calibration["latchMs"] = {};
  for (const rail of info.rails) {
    const latch = fitLatch(samples, rail, train);
    if (latch !== null) latchMs[rail] = latch;
  }
  return {
    source: info.name,
    intervalMs,
    ...thisBoot(),
    measuredAtMs: Date.now(),
    latchMs,
    boundMs: monitor.alignment().boundMs,
    observerMw,
  };
}

async function pulseTrain(
  count: number,
  pulseMs: number,
  intervalMs: number,
  signal: AbortSignal | undefined,
  onPulse: () => void,
): Promise<Pulse[]> {
  using pulses = new Pulses();
  // Half of the CPUs: the sampler's thread must not wait for one.
  await pulses.start(Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)));
  const train: Pulse[] = [];
  for (let i = 0; i < count; i++) {
    onPulse();
    // Each pulse falls on another part of a record.
    await pause(pulseMs + intervalMs * i / count, signal);
    train.push(await pulses.make(pulseMs + intervalMs * i / (2 * count), signal));
  }
  await pause(pulseMs, signal);
  return train;
}

async function idle(durationMs: number, signal: AbortSignal | undefined): Promise<Pulse> {
  const startMs = nowMs();
  await pause(durationMs, signal);
  return { startMs, endMs: nowMs() };
}

async function idlePowerMw(
  source: PowerSourceSpec | string,
  intervalMs: number,
  durationMs: number,
  rails: readonly Rail[],
  signal: AbortSignal | undefined,
): Promise<number | null> {
  await using monitor = new PowerMonitor({ source, intervalMs });
  await monitor.start();
  // Starting the sampler is work, too, and a second's record needs a second.
  const window = await idle(Math.max(durationMs, 2.2 * intervalMs), signal);
  await monitor.stop();
  return meanMw(monitor.samples(), window, rails);
}

/** Mean power of the whole records in a window; `null` without one. */
function meanMw(
  samples: readonly PowerSample[],
  window: Pulse,
  rails: readonly Rail[],
): number | null {
  const whole = samples.filter(({ startMs, endMs }) =>
    startMs >= window.startMs && endMs <= window.endMs
  );
  const lengthMs = whole.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const energyMj = whole.reduce(
    (sum, { energyMj }) => sum + rails.reduce((all, rail) => all + (energyMj[rail] ?? 0), 0),
    0,
  );
  return lengthMs === 0 ? null : energyMj / lengthMs * 1000;
}
