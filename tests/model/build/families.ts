/** The golden logits that transformers computed for a small model of each family (families/make.py). */
import type { DecoderConfig } from "../../../lib/model/mod.ts";
import type { Weights } from "../checkpoints.ts";

/** A model and what transformers computes with it. */
export interface FamilyFixture {
  name: string;
  config: DecoderConfig;
  tensors: Record<string, number[]>;
  ids: number[];
  /** The logits after the id at a position. */
  logits: Record<string, number[]>;
}

const path = `${import.meta.dirname}/../../fixtures/families/families.jsonl`;

/** All fixtures. */
export const FAMILY_FIXTURES: readonly FamilyFixture[] = Deno.readTextFileSync(path)
  .trim().split("\n").map((line) => JSON.parse(line));

/** The weights of a fixture, which follow from their names by the formula that make.py has, too. */
export function familyWeights({ tensors }: FamilyFixture): Weights {
  return new Map(
    Object.entries(tensors).map(([name, shape]) => {
      let state = 0x811c9dc5;
      for (const byte of new TextEncoder().encode(name)) {
        state = Math.imul(state ^ byte, 0x01000193) >>> 0;
      }
      const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1)).map(() => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32 - 0.5) * 128 + 0.5) / 64;
      });
      return [name, { shape, values }];
    }),
  );
}
