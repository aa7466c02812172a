/**
 * What stands around every drawing: title above, caption below, as HTML and as SVG.
 *
 * @module
 */
import type { Drawing, FigureContent, HtmlOptions } from "./figure.ts";
import { wrapText } from "./labels.ts";
import { escapeHtml } from "../safe_text.ts";
import {
  color,
  FIGURE_CLASS,
  FONT,
  FRAGMENT_STYLE,
  paintLight,
  STANDALONE_STYLE,
} from "./theme.ts";

const MARGIN = 20;

/** A piece of HTML that carries its own style, unless the page has it. */
export function fragment(
  content: FigureContent,
  drawing: Drawing,
  { style = true, heading }: HtmlOptions = {},
): string {
  const tag = heading === undefined ? "p" : `h${heading}`;
  const { title, subtitle, caption, alt, width } = content;
  const picture = drawing.html ??
    `<svg role="img" aria-label="${escapeHtml(alt)}" width="${width}" height="${drawing.height}" ` +
      `viewBox="0 0 ${width} ${drawing.height}" font-family="${FONT}">${drawing.svg}</svg>`;
  return `<figure class="${FIGURE_CLASS}">` +
    (style ? `<style>${FRAGMENT_STYLE}</style>` : "") +
    `<${tag} class="tw-title">${escapeHtml(title)}</${tag}>` +
    `<p class="tw-subtitle">${escapeHtml(subtitle)}</p>${picture}` +
    `<figcaption class="tw-caption">${escapeHtml(caption.join(" "))}</figcaption></figure>`;
}

/** A whole page around a fragment. */
export function page(content: FigureContent, html: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><title>${escapeHtml(content.title)}</title>` +
    `</head><body>${html}</body></html>\n`;
}

/** An SVG file. */
export function standaloneSvg(content: FigureContent, drawing: Drawing): string {
  const width = content.width + 2 * MARGIN;
  let y = MARGIN;
  const lines = (text: string, size: number, style: string) =>
    wrapText(text, content.width, size).map((line) => {
      y += Math.round(size * 1.45);
      return `<text x="${MARGIN}" y="${y - Math.round(size * 0.4)}" font-size="${size}" ${style}>${
        escapeHtml(line)
      }</text>`;
    }).join("");
  const muted = `fill="${color("muted")}"`;
  const head = lines(content.title, 16, `font-weight="600" fill="${color("ink")}"`) +
    lines(content.subtitle, 13, muted);
  y += 14;
  const picture = `<g transform="translate(${MARGIN},${y})">${drawing.svg}</g>`;
  y += drawing.height + 12;
  const caption = lines(content.caption.join(" "), 12, muted);
  const height = y + MARGIN - 4;
  return paintLight(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
      `role="img" aria-label="${escapeHtml(content.alt)}" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="${FONT}"><style>${STANDALONE_STYLE}</style>` +
      `<rect width="${width}" height="${height}" fill="${color("surface")}"/>` +
      `${head}${picture}${caption}</svg>\n`,
  );
}
