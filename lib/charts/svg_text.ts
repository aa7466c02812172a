/**
 * Text as SVG, placed in px.
 *
 * @module
 */
import { escapeHtml } from "../safe_text.ts";
import { color, type ColorName } from "./theme.ts";

/** How a line of text looks. */
export interface TextStyle {
  fill?: ColorName;
  anchor?: "start" | "middle" | "end";
  weight?: number;
  size?: number;
  /** A rim in the colour of the page, for text on top of marks. */
  halo?: boolean;
}

/** One line of escaped text. */
export function svgText(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { fill = "muted", anchor = "start", weight, size = 11, halo = false } = style;
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" text-anchor="${anchor}" fill="${
    color(fill)
  }"${weight === undefined ? "" : ` font-weight="${weight}"`}${
    halo
      ? ` stroke="${
        color("surface")
      }" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`
      : ""
  }>${escapeHtml(text)}</text>`;
}

/** Two decimals are finer than a screen. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
