/**
 * Where the ticks of an axis stand, what they say, and shares beside bars.
 *
 * @module
 */

/** Plain numbers, as d3's own format differs between scales. */
export function tickText(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

/** Whole numbers with thousands apart; nothing where a tick is not whole. */
export function wholeText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : "";
}

/** What the ticks of an axis of a unit say: without the digits that say nothing. */
export function tickTextOf(unit: string): (value: number) => string {
  switch (unit) {
    case "J":
      return (value) => value < 10 ? `${tickText(value * 1e3)} mJ` : `${tickText(value)} J`;
    case "1/s":
      return (value) => `${tickText(value)}/s`;
    default:
      return (value) => `${tickText(value)} ${unit}`;
  }
}

/** 1, 2 and 5 times powers of ten; over many decades the powers alone. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 3
    ? [1]
    : decades > 0.6
    ? [1, 2, 5]
    : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    ticks.push(...steps.map((step) => Number((step * 10 ** power).toPrecision(3))));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** An energy on an axis that ends at `most` mJ: one unit for all ticks. */
export function tickMj(mj: number, most: number): string {
  return most < 10_000 ? `${plain(mj)} mJ` : `${plain(mj / 1e3)} J`;
}

/** A time on an axis that ends at `most` ms. */
export function tickMs(ms: number, most: number): string {
  return most < 10_000 ? `${plain(ms)} ms` : `${plain(ms / 1e3)} s`;
}

/** A number without needless digits. */
export function plain(value: number): string {
  const rounded = Number(value.toPrecision(4));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 12 }).replace("-", "−");
}

/** A part of a whole. */
export function percent(part: number, whole: number): string {
  const share = whole > 0 ? 100 * part / whole : 0;
  if (share > 0 && share < 0.1) return "< 0.1 %";
  return `${share.toFixed(share < 99.95 ? 1 : 0)} %`;
}
