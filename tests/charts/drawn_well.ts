/** What every chart must fulfil, whatever it shows. */
import { deepStrictEqual, ok } from "node:assert/strict";
import type { Figure } from "../../lib/charts/mod.ts";
import { brokenNumbers, overlaps, readSvg, textBoxes } from "./svg_reader.ts";

/** Sound numbers, labels that do not overlap, nothing outside the frame. Returns the drawing. */
export async function assertDrawnWell(figure: Figure, width: number): Promise<Element> {
  const svg = readSvg(await figure.toSvg());
  deepStrictEqual(brokenNumbers(svg), []);
  const boxes = textBoxes(svg);
  deepStrictEqual(overlaps(boxes), []);
  const height = Number(svg.getAttribute("height"));
  for (const { text, left, right, top, bottom } of boxes) {
    ok(left >= 0 && right <= width + 40 && top >= 0 && bottom <= height, `outside: ${text}`);
  }
  return svg;
}

/** Nothing that a text holds becomes markup, and no control character is left. */
export async function assertHarmless(figure: Figure): Promise<void> {
  for (const markup of [await figure.toSvg(), await figure.toHtml()]) {
    ok(!/<script|<img|<svg onload/.test(markup), "no markup");
    // deno-lint-ignore no-control-regex -- exactly these must not be there
    ok(!/[\u0000-\u0009\u000b-\u001f\u202e]/.test(markup), "no control characters");
    ok(markup.isWellFormed());
  }
}
