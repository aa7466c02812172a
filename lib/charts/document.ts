/**
 * The one place that makes documents: Plot and d3 need one, and Deno has none.
 * Loaded by drawing functions only, as linkedom costs 0.3 s.
 *
 * @module
 */
import { parseHTML } from "linkedom";
import { PixelCanvas } from "./canvas.ts";

/** A new, empty document whose canvases can hold pixels. */
export function createDocument(): Document {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const createElement = document.createElement.bind(document);
  document.createElement = (name: string, ...rest: unknown[]) => {
    const element = createElement(name, ...rest as []);
    return name.toLowerCase() === "canvas" ? withPixels(element) : element;
  };
  return document;
}

function withPixels(element: HTMLElement): HTMLElement {
  const canvas = new PixelCanvas();
  const property = (key: "width" | "height") => ({
    get: () => canvas[key],
    set: (value: number) => canvas[key] = value,
  });
  return Object.defineProperties(element, {
    width: property("width"),
    height: property("height"),
    getContext: { value: (kind: string) => kind === "2d" ? canvas : null },
    toDataURL: { value: () => canvas.toDataURL() },
  });
}
