/** Activations and deep metrics, made from a seed. */
import type { DeepColumns, InsideCells } from "../../lib/record.ts";

export type Place = InsideCells["places"][number] & { weight: number };

export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
}

export function activationsOf(
  places: readonly Place[],
  tokens: number,
  random: () => number,
): NonNullable<InsideCells["activations"]> {
  const column = () => new Float32Array(tokens * places.length).fill(NaN);
  const all = { meanAbs: column(), std: column(), maxAbs: column(), sparsity: column() };
  const tapped = /proj$|norm$|^attention$|^activation$|^experts$/;
  for (let t = 0; t < tokens; t++) {
    places.forEach(({ layer, component }, p) => {
      if (!tapped.test(component)) return;
      const at = t * places.length + p;
      const size = (0.2 + 0.11 * (layer ?? 6) + 0.02 * component.length) * (0.8 + 0.4 * random());
      all.meanAbs[at] = size;
      all.std[at] = size * 1.4;
      all.maxAbs[at] = size * (6 + 20 * random() ** 4);
      all.sparsity[at] = component === "activation" ? 0.3 + 0.5 * random() : 0.01 * random();
    });
  }
  return all;
}

export function deepOf(
  layers: number,
  heads: number,
  experts: number,
  tokens: number,
  random: () => number,
): DeepColumns {
  const column = (count: number, value: (t: number, at: number) => number) =>
    Float32Array.from(
      { length: tokens * count },
      (_, i) => value(Math.floor(i / count), i % count),
    );
  const each = Array.from({ length: layers }, (_, layer) => layer);
  return {
    tokens,
    attention: each.map((layer) => ({
      layer,
      heads,
      reason: null,
      entropyNats: column(
        heads,
        (t, head) => Math.log(12 + t) * (0.25 + 0.7 * ((layer * 7 + head * 3) % 10) / 10),
      ),
      largestWeight: column(heads, () => random()),
      sparsity: column(heads, () => random()),
    })),
    gates: each.map((layer) => ({ layer, reason: null, killRatio: column(1, () => random()) })),
    norms: [],
    routing: experts === 0 ? [] : each.slice(1).map((layer) => {
      const chosen = column(experts, () => 0);
      for (let t = 0; t < tokens; t++) {
        for (let k = 0; k < (t === 0 ? 22 : 2); k++) {
          const skewed = Math.floor(experts * random() ** (1 + layer / layers));
          chosen[t * experts + skewed]! += 1;
        }
      }
      const entropyNats = column(1, () => Math.log(experts) * (0.6 + 0.3 * random()));
      const weight = chosen.map((positions) => positions * 0.45);
      return { layer, experts, reason: null, entropyNats, weight, positions: chosen };
    }),
  };
}
