/**
 * Numbers on axes and shares beside bars.
 *
 * @module
 */

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
