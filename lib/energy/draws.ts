/** How many joint draws stand behind every interval (design, section 7). */
export const DRAWS = 256;

/** Seeded uniform numbers in [0, 1): mulberry32, by Tommy Ettinger, public domain. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * One unknown, drawn {@link DRAWS} times in mirrored pairs, so that its mean is exactly 0 and what
 * depends on it linearly does not move the mean of an energy.
 */
export function mirrored(random: () => number, shape: "normal" | "uniform"): Float64Array {
  const values = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw += 2) {
    const value = shape === "uniform" ? 2 * random() - 1 : normal(random);
    values[draw] = value;
    values[draw + 1] = -value;
  }
  return values;
}

function normal(random: () => number): number {
  // Box and Muller, 1958; 1 − u keeps the logarithm away from 0.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The mean of all draws. */
export function meanOf(draws: Float64Array): number {
  let sum = 0;
  for (let draw = 0; draw < draws.length; draw++) sum += draws[draw]!;
  return sum / draws.length;
}

/** A stable 32-bit number for a name (FNV-1a), so that equal names share their draws. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
