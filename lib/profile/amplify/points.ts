/**
 * Which passes of an answer stand for all of them.
 *
 * @module
 */

/** A forward pass of an answer that is looked at closely. */
export interface Point {
  phase: "prefill" | "decode";
  /** Which of the phase's passes it is, from 0. */
  at: number;
  /** Tokens in the cache before it. */
  past: number;
  /** Tokens that go through it. */
  tokens: number;
}

/** The passes of an answer: those of the prompt, then a step for each token but the last. */
export function passesOf(
  { ids, promptLength }: { ids: readonly number[]; promptLength: number },
  chunk: number,
): Point[] {
  const passes: Point[] = [];
  for (let past = 0; past < promptLength; past += chunk) {
    const tokens = Math.min(chunk, promptLength - past);
    passes.push({ phase: "prefill", at: passes.length, past, tokens });
  }
  for (let at = 0; promptLength + at < ids.length - 1; at++) {
    passes.push({ phase: "decode", at, past: promptLength + at, tokens: 1 });
  }
  return passes;
}

/** Of each phase its first pass, its middle one and its last, as far as these are different ones. */
export function outstanding(passes: readonly Point[]): Point[] {
  return (["prefill", "decode"] as const).flatMap((phase) => {
    const mine = passes.filter((pass) => pass.phase === phase);
    const at = [0, Math.floor((mine.length - 1) / 2), mine.length - 1];
    return mine.filter((_, position) => at.includes(position));
  });
}

/**
 * How many times each point counts, so that together they stand for all passes of their phase: what
 * a pass costs per token is taken to change evenly from one point to the next.
 */
export function weightsOf(points: readonly Point[], passes: readonly Point[]): number[] {
  const weights = points.map(() => 0);
  const add = (index: number, times: number, tokens: number) => {
    weights[index] = (weights[index] ?? 0) + times * tokens / (points[index]?.tokens ?? 1);
  };
  for (const { phase, at, tokens } of passes) {
    const mine = [...points.keys()].filter((index) => points[index]!.phase === phase);
    const after = mine.find((index) => points[index]!.at >= at) ?? mine.at(-1);
    if (after === undefined) continue;
    const before = mine.findLast((index) => points[index]!.at <= at) ?? after;
    const [from, to] = [points[before]!.at, points[after]!.at];
    const share = to > from ? (at - from) / (to - from) : 0;
    add(before, 1 - share, tokens);
    if (share > 0) add(after, share, tokens);
  }
  return weights;
}
