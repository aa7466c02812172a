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
  return (logits) => {
    const weights = weigh(logits, temperature);
    if (topK === undefined && topP === undefined) return draw(weights, random());
    const kept = nucleus(weights, topK, topP);
    return kept[draw(kept.map((candidate) => candidate.weight), random())]!.id;
  };
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
  if (id === -1) {
    throw new InputError("Cannot choose a token: the model's logits are not numbers", {
      remedy: "its values overflow or its weights are broken; use a variant with more precision",
    });
  }
  return id;
}

interface Candidate {
  id: number;
  weight: number;
}

// Probabilities but for their sum: only their ratios matter.
function weigh(logits: Float32Array, temperature: number): Float64Array {
  const highest = logits[best(logits)]!;
  const weights = new Float64Array(logits.length);
  for (let id = 0; id < logits.length; id++) {
    // What has overflowed is as large as the highest, though their difference is no number.
    const weight = logits[id] === highest ? 1 : Math.exp((logits[id]! - highest) / temperature);
    weights[id] = weight > 0 ? weight : 0; // NaN counts as impossible
  }
  return weights;
}

function nucleus(weights: Float64Array, topK: number | undefined, topP = 1): Candidate[] {
  let total = 0;
  if (topK === undefined) { for (const weight of weights) total += weight; }
  // Sorting 100,000 tokens takes tens of ms. Those under this weight cannot be among the first that
  // reach topP, as all of them together are worth less than what may be missing from the sum.
  const floor = total * (1 - topP) / weights.length;
  const kept = topK === undefined ? atLeast(weights, floor) : largest(weights, topK);
  if (topK !== undefined) total = kept.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const last = kept.findIndex(({ weight }) => (sum += weight) >= topP * total);
  return last === -1 || topP === 1 ? kept : kept.slice(0, last + 1);
}

function atLeast(weights: Float64Array, floor: number): Candidate[] {
  const kept: Candidate[] = [];
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id]!;
    if (weight > 0 && weight >= floor) kept.push({ id, weight });
  }
  return kept.sort((a, b) => b.weight - a.weight || a.id - b.id);
}

// The k best in order: a list that stays sorted while it is filled, since k is small as a rule.
function largest(weights: Float64Array, k: number): Candidate[] {
  if (k > 256) return atLeast(weights, 0).slice(0, k);
  const kept: Candidate[] = [];
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id]!;
    if (!(weight > (kept.length < k ? 0 : kept[k - 1]!.weight))) continue;
    let place = kept.length;
    while (place > 0 && kept[place - 1]!.weight < weight) place--;
    kept.splice(place, 0, { id, weight });
    if (kept.length > k) kept.pop();
  }
  return kept;
}

function draw(weights: Float64Array | number[], random: number): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let rest = random * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i]!;
    if (rest < 0) return i;
  }
  return last; // rounding
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
