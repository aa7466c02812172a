/** Reads drawn SVG back: its texts with their boxes, its paths, its numbers. */
import { parseHTML } from "linkedom";
import { textWidth } from "../../lib/charts/labels.ts";

export interface TextBox {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The document of an SVG string. */
export function readSvg(svg: string): Element {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  const element = document.querySelector("svg");
  if (element === null) throw new Error("Cannot read the drawing: no svg in it");
  return element;
}

function offset(element: Element | null): [x: number, y: number] {
  if (element === null) return [0, 0];
  const [x, y] = offset(element.parentElement);
  const move = /^translate\(([-\d.e]+),([-\d.e]+)\)$/.exec(element.getAttribute("transform") ?? "");
  return [x + Number(move?.[1] ?? 0), y + Number(move?.[2] ?? 0)];
}

function inherited(element: Element | null, name: string): string | null {
  if (element === null) return null;
  return element.getAttribute(name) ?? inherited(element.parentElement, name);
}

/** Where each text stands, its width estimated as the charts estimate it. */
export function textBoxes(svg: Element): TextBox[] {
  return [...svg.querySelectorAll("text")].map((element) => {
    const copy = element.cloneNode(true) as Element;
    copy.querySelector("title")?.remove();
    const text = copy.textContent ?? "";
    const size = Number(inherited(element, "font-size") ?? 12);
    const [moveX, moveY] = offset(element);
    const x = moveX + Number(element.getAttribute("x") ?? 0);
    const em = /^([-\d.]+)em$/.exec(element.getAttribute("y") ?? "");
    const y = moveY + (em ? Number(em[1]) * size : Number(element.getAttribute("y") ?? 0));
    const exact = element.getAttribute("textLength");
    const width = exact === null ? textWidth(text, size) : Number(exact);
    const anchor = inherited(element, "text-anchor") ?? "start";
    const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
    return { text, left, right: left + width, top: y - 0.8 * size, bottom: y + 0.2 * size };
  }).filter(({ text }) => text.trim() !== "");
}

/** Pairs of texts that lie on each other. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes.slice(0, index).filter((b) =>
      a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom && b.top < a.bottom
    ).map((b) => `${b.text} | ${a.text}`)
  );
}

/** The area inside the absolute M/L path of a step area, in px². */
export function pathArea(path: string): number {
  return path.split("M").slice(1).reduce((sum, part) => {
    const points = part.replace("Z", "").split("L").map((pair) => pair.split(",").map(Number));
    const twice = points.reduce((area, [x = 0, y = 0], index) => {
      const [nextX = 0, nextY = 0] = points[(index + 1) % points.length] ?? [];
      return area + x * nextY - nextX * y;
    }, 0);
    return sum + Math.abs(twice) / 2;
  }, 0);
}

/** Every number of every path, rectangle and transform must be one. */
export function brokenNumbers(svg: Element): string[] {
  const names = ["d", "x", "y", "width", "height", "transform", "x1", "x2", "y1", "y2", "cx", "cy"];
  return [...svg.querySelectorAll("*")].flatMap((element) =>
    names.map((name) => element.getAttribute(name) ?? "").filter((value) =>
      /NaN|Infinity|undefined|null/.test(value) ||
      (/^-?[\d.]+$/.test(value) && isNaN(Number(value)))
    )
  ).concat(
    [...svg.querySelectorAll("rect")].map((rect) => rect.getAttribute("width") ?? "0")
      .filter((width) => Number(width) < 0),
  );
}
