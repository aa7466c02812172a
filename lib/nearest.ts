/**
 * What someone meant to type.
 *
 * @module
 */

/** The name that is nearest to what was typed, or begins so; `null` where none is near. */
export function nearest(typed: string, names: readonly string[]): string | null {
  const short = typed.slice(0, 80); // the work grows with the length
  let best: string | null = null;
  let fewest = Math.max(2, Math.floor(short.length / 3)) + 1;
  for (const name of names) {
    const begun = changesBetween(short, name.slice(0, short.length + 1)) + 1;
    const changes = Math.min(changesBetween(short, name), begun);
    if (changes < fewest) [best, fewest] = [name, changes];
  }
  return best;
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
