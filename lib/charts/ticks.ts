/**
 * Where the ticks of an axis stand and what they say.
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
