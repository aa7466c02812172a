/**
 * How errors of neighbouring records go together: eₖ = φ·eₖ₋₁ + uₖ − θ·uₖ₋₁, the u on their own. Power
 * that wavers slowly makes them alike (φ); a counter that is read late gives its record what it takes
 * from the next (θ). Box and Jenkins, Time Series Analysis, 1970.
 */
export interface Noise {
  phi: number;
  theta: number;
}

/** Errors on their own. */
export const WHITE: Noise = { phi: 0, theta: 0 };

const PHIS = [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98];
const THETAS = [-0.3, 0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9];

/**
 * The noise that leaves the least of some errors unforetold.
 *
 * @param errors one after the other; NaN where a series ends and another begins
 */
export function noiseOf(errors: readonly number[]): Noise {
  let best = WHITE;
  let least = Infinity;
  for (const phi of PHIS) {
    for (const theta of THETAS) {
      const squares = unforetold(errors, phi, theta);
      if (squares < least) [best, least] = [{ phi, theta }, squares];
    }
  }
  return best;
}

function unforetold(errors: readonly number[], phi: number, theta: number): number {
  let [squares, own, before] = [0, 0, NaN];
  for (const error of errors) {
    const isFirst = Number.isNaN(before);
    own = isFirst ? error : error - phi * before + theta * own;
    // The first of a series has nothing that it could be foretold by.
    if (!isFirst && !Number.isNaN(own)) squares += own * own;
    before = error;
  }
  return squares;
}
