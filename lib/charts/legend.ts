/**
 * Samples of colours with what they mean, in rows above a picture.
 *
 * @module
 */
import { HATCH } from "./hatch.ts";
import { textWidth } from "./labels.ts";
import { px, svgText } from "./svg_text.ts";
import { color, type ColorName, RAMP_STEPS } from "./theme.ts";

/** One sample and its meaning. */
export interface LegendItem {
  svg: string;
  /** In px. */
  width: number;
}

const SWATCH = 22;
const ROW = 24;
const SIZE = 12;

/** A box in a colour, and its meaning; `rest` are more attributes of the box. */
export function boxItem(label: string, fill: string, stroke = "none", rest = ""): LegendItem {
  return sampleItem(
    label,
    `<rect x="0.5" y="0.5" width="19" height="13" rx="2" fill="${fill}" stroke="${stroke}"${rest}/>`,
  );
}

/** Anything 20 px wide and 14 px high, and its meaning. */
export function sampleItem(label: string, sample: string): LegendItem {
  return {
    svg: `<g transform="translate(0,1)">${sample}</g>${svgText(27, 12, label, { size: SIZE })}`,
    width: 27 + textWidth(label, SIZE),
  };
}

/** A striped box, and its meaning. */
export function hatchItem(label: string, fill: string): LegendItem {
  const box = (paint: string) =>
    `<rect x="0.5" y="0.5" width="19" height="13" rx="2" fill="${paint}" stroke="none"/>`;
  return sampleItem(label, box(fill) + box(HATCH));
}

/** The steps of the ramp between the texts of their ends. */
export function rampItem(low: string, high: string): LegendItem {
  const left = textWidth(low, SIZE) + 6;
  const right = left + RAMP_STEPS * SWATCH;
  const swatches = Array.from(
    { length: RAMP_STEPS },
    (_, step) =>
      `<rect x="${px(left + step * SWATCH)}" y="1" width="${SWATCH}" height="13" fill="${
        color(`ramp-${step}` as ColorName)
      }"/>`,
  );
  return {
    svg: svgText(0, 12, low, { size: SIZE }) + swatches.join("") +
      svgText(right + 6, 12, high, { size: SIZE }),
    width: right + 6 + textWidth(high, SIZE),
  };
}

/** Items side by side, in as many rows as `width` px ask for; no items take no room. */
export function legendRows(
  items: readonly LegendItem[],
  width: number,
): { svg: string; height: number } {
  let [x, y] = [0, 0];
  const placed = items.map((item) => {
    if (x > 0 && x + item.width > width) [x, y] = [0, y + ROW];
    const svg = `<g transform="translate(${px(x)},${y})">${item.svg}</g>`;
    x += item.width + 22;
    return svg;
  });
  return { svg: placed.join(""), height: items.length === 0 ? 0 : y + 16 };
}
