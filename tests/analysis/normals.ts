/** Seeded uniform numbers in [0, 1): mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Seeded normal numbers, by Box and Muller. */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Full counts with TOKENWATT_LONG=1, a tenth of them elsewhere. */
export function cases(full: number): number {
  return Deno.env.get("TOKENWATT_LONG") === "1" ? full : Math.round(full / 10);
}

/**
 * Bounds that a share of so many cases stays within, 999 times in 1,000, where the true share lies
 * between `low` and `high`.
 */
export function shareBounds(low: number, high: number, count: number): [number, number] {
  const spread = (share: number) => 3.29 * Math.sqrt(share * (1 - share) / count);
  return [low - spread(low), high + spread(high)];
}
