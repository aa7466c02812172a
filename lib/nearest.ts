/**
 * What someone meant to type.
 *
 * @module
 */

/**
 * The name that is nearest to what was typed, or begins so; `null` where none is near: by default a
 * third of the letters may be wrong, and two always.
 */
export function nearest(
  typed: string,
  names: readonly string[],
  mostChanges: number = Math.max(2, Math.floor(Math.min(typed.length, 80) / 3)),
): string | null {
  const short = typed.slice(0, 80); // the work grows with the length
  let best: string | null = null;
  let fewest = mostChanges + 1;
  for (const name of names) {
    const begun = changesBetween(short, name.slice(0, short.length + 1)) + 1;
    const changes = Math.min(changesBetween(short, name), begun);
    if (changes < fewest) [best, fewest] = [name, changes];
  }
  return best;
}

/** The remedy for a name that is none of `names`: the one that was meant, as far as can be told. */
export function useOneOf(typed: string, names: readonly string[]): string {
  const meant = nearest(typed, names);
  const question = meant === null ? "use one of" : `did you mean "${meant}"? There are`;
  return `${question} ${names.join(", ")}`;
}

// Levenshtein's distance, row by row.
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
