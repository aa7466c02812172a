/**
 * Leaving out what happened to operations and was not theirs: a thread that had to wait for another
 * program is timed as if it had worked.
 *
 * @module
 */
import type { ProfiledToken } from "./deal.ts";

/** Neighbours in time, of one operation: their cache is about as long. */
const BLOCK = 16;
const ENOUGH = 5;
/** So far above the median of its neighbours, an operation has been interrupted. */
const TIMES = 4;
const ABOVE_US = 50;

/** The tokens without stalls, and what was left out of the time of all of them. */
export interface Unstalled {
  tokens: ProfiledToken[];
  stalledMs: number;
}

/** Sets operations that were interrupted to the median of the same ones in neighbouring tokens. */
export function withoutStalls(tokens: readonly ProfiledToken[]): Unstalled {
  const unstalled: ProfiledToken[] = [];
  let stalledMs = 0;
  for (let from = 0; from < tokens.length; from += BLOCK) {
    const block = tokens.slice(from, from + BLOCK).map(copied);
    if (block.length >= ENOUGH) stalledMs += flatten(block);
    unstalled.push(...block);
  }
  return { tokens: unstalled, stalledMs };
}

function copied(token: ProfiledToken): ProfiledToken {
  return { ...token, passes: token.passes.map((pass) => ({ ...pass, us: pass.us.slice() })) };
}

/** Returns the time that was left out, in ms. */
function flatten(block: ProfiledToken[]): number {
  const single = block.filter(({ passes }) => passes.length === 1);
  if (single.length < ENOUGH) return 0;
  const width = Math.max(...single.map(({ passes: [pass] }) => pass!.us.length));
  let stalledMs = 0;
  for (let operation = 0; operation < width; operation++) {
    const ran = single.filter(({ passes: [pass] }) => (pass!.counts[operation] ?? 0) > 0);
    if (ran.length < ENOUGH) continue;
    const middle = median(ran.map(({ passes: [pass] }) => pass!.us[operation]!));
    for (const token of ran) {
      const pass = token.passes[0]!;
      const overUs = pass.us[operation]! - middle;
      if (overUs <= ABOVE_US || pass.us[operation]! <= TIMES * middle) continue;
      pass.us[operation] = middle;
      pass.durationUs -= overUs;
      token.forwardMs -= overUs / 1000;
      token.durationMs -= overUs / 1000;
      stalledMs += overUs / 1000;
    }
  }
  return stalledMs;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}
