/** Where a row of values may take a step, and how often chance makes one as large. */
export interface ChangePoint {
  /** Index of the first value after it. */
  at: number;
  /** Share of orders of these values in which some split parts them as much. */
  p: number;
}

/** On either side: fewer say nothing of how much values differ anyway. */
export const LEAST_SIDE = 4;

/** An order as extreme in so many cases of chance is found by then; the rest need not be counted. */
const ENOUGH = 20;

/**
 * The split that parts a row of values most, with the p-value of there being one at all.
 *
 * The largest of many splits is large by chance too. So what it is held against is the largest in
 * random orders of the same values, where every order is as likely if nothing changed with time;
 * counting ends early where chance is plain (Besag and Clifford, Biometrika 78, 1991).
 *
 * @param draws random orders; the least p is 1 ÷ (draws + 1)
 * @returns `null` for fewer than eight values
 */
export function changePoint(
  values: readonly number[],
  { draws = 999, random }: { draws?: number; random: () => number },
): ChangePoint | null {
  if (values.length < 2 * LEAST_SIDE) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const seen = widestSplit(centred);
  const order = [...centred];
  let asWide = 0;
  for (let drawn = 1; drawn <= draws; drawn++) {
    shuffle(order, random);
    // Sums in another order differ by rounding.
    if (widestSplit(order).between >= seen.between * (1 - 1e-12)) asWide++;
    if (asWide === ENOUGH) return { at: seen.at, p: ENOUGH / drawn };
  }
  return { at: seen.at, p: (asWide + 1) / (draws + 1) };
}

/** As all orders have one sum of squares, the split with the most between sides has the largest t. */
function widestSplit(centred: readonly number[]): { at: number; between: number } {
  const count = centred.length;
  let widest = { at: LEAST_SIDE, between: -1 };
  let sum = 0;
  for (let at = 1; at <= count - LEAST_SIDE; at++) {
    sum += centred[at - 1]!;
    const between = sum ** 2 * count / (at * (count - at));
    if (at >= LEAST_SIDE && between > widest.between) widest = { at, between };
  }
  return widest;
}

/** Fisher and Yates. */
function shuffle(values: number[], random: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [values[last], values[other]] = [values[other]!, values[last]!];
  }
}
