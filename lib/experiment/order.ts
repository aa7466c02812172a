import { SeededRandom } from "../power/rig/mod.ts";
import type { ExperimentOrder } from "./definition.ts";

/** One process of one arm. */
export interface Cell {
  /** From 0; every arm has one process in each round. */
  round: number;
  /** Name of the arm. */
  arm: string;
}

/** Which arm runs when. More rounds only append, so that an experiment can be made longer. */
export function orderOf(
  arms: readonly string[],
  rounds: number,
  order: ExperimentOrder,
  seed: number,
): Cell[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: rounds }, (_, round) => {
    if (order === "random") return shuffled(arms, random);
    return round % 2 === 0 ? [...arms] : arms.toReversed();
  }).flatMap((ordered, round) => ordered.map((arm) => ({ round, arm })));
}

/** Fisher and Yates. */
function shuffled(arms: readonly string[], random: SeededRandom): string[] {
  const result = [...arms];
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}

/** What names a process in a table. */
export function keyOf({ round, arm }: Cell): string {
  return `${round} ${arm}`;
}

/** A seed of a cell's own, the same whenever it is run. */
export function seedOf({ round, arm }: Cell, seed: number): number {
  const text = `${seed} ${round} ${arm}`;
  // FNV-1a, 32 bits: names that differ by a letter must not draw alike.
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  return hash >>> 1;
}
