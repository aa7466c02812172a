/**
 * Choosing the next token from logits: the best one, or one at random with a seed.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** How the next token is chosen. Without any of them, and at temperature 0: the best one. */
export interface SamplingOptions {
  /** Divides the logits; above 1 is bolder. Default 1 where `topK` or `topP` is given, else 0. */
  temperature?: number | undefined;
  /** Chooses among this many best tokens. */
  topK?: number | undefined;
  /** Chooses among the fewest best tokens whose probabilities reach this sum. */
  topP?: number | undefined;
  /** Same seed, same choices; default 0. */
  seed?: number | undefined;
}

/** Makes a sampler; equal logits are ranked by id. `InputError` where an option has no meaning. */
export function createSampler(options: SamplingOptions = {}): (logits: Float32Array) => number {
  const { topK, topP, seed = 0 } = options;
  const temperature = options.temperature ?? (topK === undefined && topP === undefined ? 0 : 1);
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw refuse("temperature", temperature, "use a number of at least 0");
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw refuse("top-k", topK, "use a whole number of at least 1");
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw refuse("top-p", topP, "use a number above 0 and at most 1");
  }
  if (!Number.isSafeInteger(seed)) throw refuse("seed", seed, "use a whole number");
  if (temperature === 0) return best;
  const random = mulberry32(seed);
  return (logits) => draw(candidates(logits, temperature, topK, topP), random());
}

/** The id with the highest logit, the lowest id among equals. */
export function best(logits: Float32Array): number {
  let id = -1;
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! > highest || (id === -1 && logits[i] === highest)) {
      highest = logits[i]!;
      id = i;
    }
  }
  if (id === -1) throw new Error("Cannot choose a token: the model's logits are not numbers");
  return id;
}

interface Candidate {
  id: number;
  weight: number;
}

// Weights are not normalised: draw() needs only their ratios.
function candidates(
  logits: Float32Array,
  temperature: number,
  topK: number | undefined,
  topP: number | undefined,
): Candidate[] {
  const highest = logits[best(logits)]!;
  let all: Candidate[] = [];
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp((logits[id]! - highest) / temperature);
    if (!(weight > 0)) continue;
    all.push({ id, weight });
    total += weight;
  }
  if (topK === undefined && topP === undefined) return all;
  if (topK === undefined && topP !== undefined) {
    // Sorting 100,000 tokens takes tens of ms. Those under this weight cannot be among the first
    // that reach the sum, as all of them together are worth less than what may be missing from it.
    const floor = total * (1 - topP) / logits.length;
    all = all.filter(({ weight }) => weight >= floor);
  }
  if (topK !== undefined) all = largest(all, topK);
  else all.sort(rank);
  if (topP === undefined) return all;
  const target = topP * (topK === undefined ? total : all.reduce((sum, c) => sum + c.weight, 0));
  let sum = 0;
  const count = all.findIndex(({ weight }) => (sum += weight) >= target);
  return count === -1 ? all : all.slice(0, count + 1);
}

function rank(a: Candidate, b: Candidate): number {
  return b.weight - a.weight || a.id - b.id;
}

// The k best in order: a list kept sorted while it is filled, since k is small beside the vocabulary.
function largest(all: Candidate[], k: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of all) {
    const last = kept[kept.length - 1];
    if (kept.length === k && rank(candidate, last!) > 0) continue;
    let low = 0;
    for (let high = kept.length; low < high;) {
      const middle = (low + high) >> 1;
      if (rank(candidate, kept[middle]!) < 0) high = middle;
      else low = middle + 1;
    }
    kept.splice(low, 0, candidate);
    if (kept.length > k) kept.pop();
  }
  return kept;
}

function draw(all: readonly Candidate[], random: number): number {
  const total = all.reduce((sum, candidate) => sum + candidate.weight, 0);
  let rest = random * total;
  for (const { id, weight } of all) {
    rest -= weight;
    if (rest < 0) return id;
  }
  return all[all.length - 1]!.id; // rounding
}

// Tommy Ettinger's mulberry32 (public domain): 32 bits of state, the same on every machine.
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function refuse(option: string, value: unknown, remedy: string): InputError {
  return new InputError(`Cannot sample with ${option} ${String(value)}`, { remedy });
}
