/**
 * Trying again what may pass.
 *
 * @module
 */
import { pause } from "../../clock.ts";
import type { Connection } from "./connection.ts";
import { HubFailure, Transient } from "./failure.ts";

const MOST_TRIES = 5;
/** Longer than this nobody is kept waiting without being asked. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Runs `attempt` until it succeeds, fails for good, or has failed five times in a row in vain.
 *
 * @throws {HubFailure} what was wanted (`what`), and why it could not be had
 */
export async function retrying<T>(
  connection: Connection,
  what: string,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1;; tries++) {
    connection.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      if (error.hasProgress) tries = 1;
      const afterMs = error.afterMs ?? connection.pauseMs * 2 ** (tries - 1);
      if (tries >= MOST_TRIES || afterMs > LONGEST_PAUSE_MS) {
        throw new HubFailure(`Cannot get ${what}: ${error.message}; ${advice(error, connection)}`);
      }
      connection.onWait(`${what}: ${error.message}; trying again in ${seconds(afterMs)} s`);
      await pauseOrStop(afterMs, connection.signal);
    }
  }
}

function advice({ afterMs }: Transient, { endpoint }: Connection): string {
  if (afterMs === null) {
    return `see that ${endpoint} can be reached and run the same command again: what has arrived is kept`;
  }
  const when = `in ${seconds(afterMs)} s`;
  return `run the same command again ${when}; with a token the hub allows more`;
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Waits, unless the user stops: then it throws. */
export async function pauseOrStop(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, signal);
  signal.throwIfAborted();
}
