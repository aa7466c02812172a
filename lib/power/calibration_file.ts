import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import type { Calibration } from "./calibration.ts";

// How far boot time, taken from uptime in whole seconds and a clock that is set now and then, moves.
const SAME_BOOT_MS = 60_000;
const FILE = "tokenwatt/calibration.json";

/**
 * What `calibrate` found on this machine since it was started, for this source and cadence; `null`
 * where nobody calibrated, or where it may not be read (--allow-read, --allow-sys=osUptime,hostname).
 */
export function loadCalibration(source: string, intervalMs: number): Calibration | null {
  try {
    return readAll(calibrationPath()).filter((one) =>
      one.source === source && one.intervalMs === intervalMs && isOfThisBoot(one)
    ).at(-1) ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps a calibration in place of older ones of its kind, and returns whether: one in which no rail
 * answered is not kept, as a meter that does not hear work tells nothing of itself either. Throws
 * `InputError` where it cannot.
 */
export function saveCalibration(calibration: Calibration): boolean {
  if (Object.keys(calibration.latchMs).length === 0) return false;
  const path = calibrationPath();
  let others: Calibration[] = [];
  try {
    others = readAll(path).filter((one) =>
      isOfThisBoot(one) &&
      (one.source !== calibration.source || one.intervalMs !== calibration.intervalMs)
    );
  } catch {
    // A file that cannot be read is written anew.
  }
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    // Renamed into place: a profile that starts now reads the old file or the new one.
    Deno.writeTextFileSync(`${path}.new`, JSON.stringify([...others, calibration], null, 2) + "\n");
    Deno.renameSync(`${path}.new`, path);
    return true;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`Cannot keep the calibration in ${path}: ${found}`, {
      remedy: "make the folder writable, or name another with XDG_CACHE_HOME",
      cause,
    });
  }
}

/** Where calibrations are kept: the user's cache, as they hold until the next boot only. */
export function calibrationPath(): string {
  const env = (name: string) => Deno.env.get(name) || null;
  const cache = env("XDG_CACHE_HOME") ?? env("LOCALAPPDATA");
  if (cache !== null) return join(cache, FILE);
  return join(env("HOME") ?? ".", Deno.build.os === "darwin" ? "Library/Caches" : ".cache", FILE);
}

/** When this machine was started, in epoch ms, and its name. */
export function thisBoot(): { bootMs: number; host: string } {
  return { bootMs: Date.now() - Deno.osUptime() * 1000, host: Deno.hostname() };
}

function isOfThisBoot({ bootMs, host }: Calibration): boolean {
  const here = thisBoot();
  return host === here.host && Math.abs(bootMs - here.bootMs) < SAME_BOOT_MS;
}

function readAll(path: string): Calibration[] {
  const values: unknown = JSON.parse(Deno.readTextFileSync(path));
  return Array.isArray(values) ? values.filter(isCalibration) : [];
}

function isCalibration(value: Partial<Calibration> | null): value is Calibration {
  const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
  if (typeof value?.latchMs !== "object" || value.latchMs === null) return false;
  return typeof value.source === "string" && typeof value.host === "string" &&
    isNumber(value.intervalMs) && isNumber(value.bootMs) && isNumber(value.boundMs) &&
    (value.observerMw === null || isNumber(value.observerMw)) &&
    Object.values(value.latchMs).every((latch) =>
      isNumber(latch?.delayMs) && isNumber(latch.lowMs) && isNumber(latch.highMs) &&
      latch.lowMs <= latch.highMs
    );
}
