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

/** Places what fits inside its own stretch, then the rest, widest first, in the row above; drops what would overlap. */
export function placeLabels(
  wishes: readonly LabelWish[],
  bounds: { left: number; right: number; size: number },
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const widthOf = (wish: LabelWish) =>
    Math.max(...wish.lines.map((line) => textWidth(line, bounds.size)));
  const inside = (wish: LabelWish) => widthOf(wish) + GAP <= wish.right - wish.left;
  for (const wish of wishes.filter(inside)) {
    placed.push({ ...wish, row: 0, x: wish.left + GAP / 2, width: widthOf(wish) });
  }
  const rest = wishes.filter((wish) => !inside(wish))
    .sort((a, b) => (b.right - b.left) - (a.right - a.left));
  for (const wish of rest) {
    if (placed.some((other) => other.key === wish.key)) continue;
    const width = widthOf(wish);
    const centre = (wish.left + wish.right) / 2;
    // The leader may meet its label in the middle or near either end, never beside it.
    for (const x of [centre - width / 2, centre - width + GAP / 2, centre - GAP / 2]) {
      const fits = x >= bounds.left && x + width <= bounds.right;
      const label: PlacedLabel = { ...wish, row: 1, x, width };
      if (!fits || placed.some((other) => overlap(label, other))) continue;
      placed.push(label);
      break;
    }
  }
  return placed.sort((a, b) => a.x - b.x);
}

/** Whether two labels of one row come closer than the gap. */
export function overlap(a: PlacedLabel, b: PlacedLabel): boolean {
  return a.row === b.row && a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP;
}
