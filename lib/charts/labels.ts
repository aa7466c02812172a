/**
 * Where text goes: how wide it is about, where it breaks, and which labels fit beside each other.
 * Nothing here can measure fonts, so widths are estimated a little too wide.
 *
 * @module
 */

const NARROW = /[ilIjft.,:;'|!()[\]\s·]/;
const WIDE = /[mwMWGOQ@%±×→]/;
const FULL =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u;

/** About how many px `text` takes at `size` px, from the widths of Arial and 6 % more. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (FULL.test(character)) ems += 1.1;
    else if (NARROW.test(character)) ems += 0.33;
    else if (WIDE.test(character)) ems += 0.88;
    else if (/[A-Z]/.test(character)) ems += 0.7;
    else ems += 0.58;
  }
  return ems * size * 1.06;
}

/** Breaks `text` at spaces into lines of at most `width` px; a longer word stands alone and is cut. */
export function wrapText(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (textWidth(line, size) > width && line.length > 1) line = `${line.slice(0, -2)}…`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** A label that wants to stand over a stretch of the x axis, in px. */
export interface LabelWish {
  /** Two lines: what it is, and its numbers. */
  lines: readonly [string, string];
  left: number;
  right: number;
  /** Labels of the same key may be left out when one of them has found a place. */
  key: string;
}

/** A label and its place; `row` 0 stands inside its stretch, row 1 above, with a leader. */
export interface PlacedLabel extends LabelWish {
  row: 0 | 1;
  x: number;
  width: number;
}

/** Gap between labels, in px. */
const GAP = 10;

/** A run has about ten kinds of phases; this bounds the work for one that somebody made up. */
const MAX_LEADERS = 40;

/** Places what fits inside its own stretch, then as many of the others as possible in the row above; the rest is left out. */
export function placeLabels(
  wishes: readonly LabelWish[],
  bounds: { left: number; right: number; size: number },
): PlacedLabel[] {
  const inside: PlacedLabel[] = [];
  const others = new Map<string, LabelWish & { width: number }>();
  for (const wish of wishes) {
    const width = Math.max(...wish.lines.map((line) => textWidth(line, bounds.size)));
    if (width + GAP <= wish.right - wish.left) {
      inside.push({ ...wish, row: 0, x: wish.left + GAP / 2, width });
      continue;
    }
    const rival = others.get(wish.key);
    if (rival === undefined || rival.right - rival.left < wish.right - wish.left) {
      others.set(wish.key, { ...wish, width });
    }
  }
  for (const { key } of inside) others.delete(key);
  const leading = [...others.values()]
    .sort((a, b) => (b.right - b.left) - (a.right - a.left)).slice(0, MAX_LEADERS)
    .sort((a, b) => (a.left + a.right) - (b.left + b.right));
  return [...inside, ...fullestRow(leading, bounds)].sort((a, b) => a.x - b.x);
}

/** The fullest way to line labels up between two ends: every way is tried, each rest once. */
function fullestRow(
  wishes: readonly (LabelWish & { width: number })[],
  { left, right }: { left: number; right: number },
): PlacedLabel[] {
  const known = new Map<string, PlacedLabel[]>();
  const fill = (at: number, from: number): PlacedLabel[] => {
    const wish = wishes[at];
    if (wish === undefined) return [];
    const key = `${at} ${from}`;
    const found = known.get(key) ?? [
      ...places(wish, from, right).map((x) => [
        { ...wish, row: 1 as const, x },
        ...fill(at + 1, x + wish.width + GAP),
      ]),
      fill(at + 1, from),
    ].reduce((best, way) => way.length > best.length ? way : best);
    known.set(key, found);
    return found;
  };
  return fill(0, left);
}

/** A leader may meet its label in the middle or near either end, never beside it. */
function places(wish: LabelWish & { width: number }, from: number, to: number): number[] {
  const centre = (wish.left + wish.right) / 2;
  const least = Math.max(from, centre - wish.width + GAP / 2);
  const most = Math.min(to - wish.width, centre - GAP / 2);
  return [centre - wish.width / 2, least, most].filter((x) => least <= x && x <= most);
}

/** Whether two labels of one row come closer than the gap. */
export function overlap(a: PlacedLabel, b: PlacedLabel): boolean {
  return a.row === b.row && a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP;
}
