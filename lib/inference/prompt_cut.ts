/**
 * In what pieces a prompt is run.
 *
 * @module
 */

import type { Session } from "./engine.ts";
import { DEFAULT_CHUNK } from "./prompt.ts";

/** The cutting of one prompt. */
export interface PromptCut {
  /** Tokens of the next pass. */
  readonly length: number;
  /** Tells how long it took. */
  took(durationMs: number): void;
}

/** Pieces of one length. */
export function fixedCut(length: number): PromptCut {
  return { length, took: () => {} };
}

// Of the 200 ms within which a signal is to be obeyed; the rest is for what takes longer than the
// piece before it did: attention over a longer past, a busier machine.
const PIECE_MS = 75;
const FIRST_PIECE = 16;
const MOST_GROWTH = 4;

/** Pieces that take about 75 ms each, where the graph takes a prompt in pieces. */
export async function timedCut(session: Session, promptLength: number): Promise<PromptCut> {
  const first = await session.passLength(promptLength, FIRST_PIECE);
  if (first !== FIRST_PIECE) return fixedCut(first);
  let length = first;
  return {
    get length() {
      return length;
    },
    took(durationMs) {
      const fitting = Math.floor(length * Math.min(MOST_GROWTH, PIECE_MS / durationMs));
      length = Math.max(1, Math.min(DEFAULT_CHUNK, fitting));
    },
  };
}
