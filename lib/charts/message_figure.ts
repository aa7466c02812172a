/**
 * What stands where there is nothing to draw: why, and what to do.
 *
 * @module
 */
import { Figure } from "./figure.ts";
import { wrapText } from "./labels.ts";
import { svgText } from "./svg_text.ts";
import { color } from "./theme.ts";

/** What a figure says instead of showing. */
export interface Message {
  title: string;
  /** Why there is nothing: one sentence without its full stop. */
  reason: string;
  /** What would change that. */
  remedy: string;
  width: number;
}

/** A figure that only says why it is empty. */
export function messageFigure({ title, reason, remedy, width }: Message): Figure {
  return new Figure({
    title,
    subtitle: "nothing to show",
    caption: [],
    alt: `${title}: ${reason}; ${remedy}`,
    width,
    draw: () => {
      const inner = width - 40;
      const lines = [
        ...wrapText(reason, inner, 14).map((text) => ({ text, ink: true })),
        ...wrapText(remedy, inner, 12).map((text) => ({ text, ink: false })),
      ];
      const height = 48 + 20 * lines.length;
      const texts = lines.map(({ text, ink }, row) =>
        svgText(width / 2, 36 + 20 * row, text, {
          anchor: "middle",
          size: ink ? 14 : 12,
          fill: ink ? "ink" : "muted",
        })
      );
      const frame = `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" ` +
        `fill="none" stroke="${color("faint")}" stroke-dasharray="4 4"/>`;
      return Promise.resolve({ svg: frame + texts.join(""), height });
    },
  });
}
