/** A page of figures in both themes, and what a browser finds wrong with it. */
import type { Figure } from "../../lib/charts/mod.ts";

/** What stands around a figure's content: its own padding and the cell's. */
const AROUND_PX = 40 + 24;

const GROUNDS = { light: "#f0f1f3", dark: "#0e1013" };

/** A page to draw, and its size in px. */
export interface ContactPage {
  html: string;
  width: number;
  height: number;
}

/** One row a figure, light and dark side by side, `width` px each. */
export async function contactPage(
  sheets: Readonly<Record<string, (width: number) => Figure>>,
  width: number,
): Promise<ContactPage> {
  const rows: string[] = [];
  let height = 0;
  for (const [name, draw] of Object.entries(sheets)) {
    const figure = draw(width - AROUND_PX);
    const html = await figure.toHtml();
    rows.push(
      Object.entries(GROUNDS).map(([theme, ground]) =>
        `<div class="cell" data-name="${name} ${width} ${theme}" data-jp-theme-light="${
          theme === "light"
        }" style="background:${ground}">${html}</div>`
      ).join(""),
    );
    // The same picture as a file stands as high, but for lines that a browser breaks elsewhere.
    height += 60 + Number(/height="(\d+(?:\.\d+)?)"/.exec(await figure.toSvg())?.[1] ?? 600);
  }
  return {
    html: `<!doctype html><html data-problems="not inspected"><head><meta charset="utf-8"><style>
body{margin:0;background:#888}main{display:grid;grid-template-columns:${width}px ${width}px}
.cell{padding:12px;box-sizing:border-box;min-width:0}</style><script>${INSPECT}</script></head>
<body><main>${rows.join("\n")}</main></body></html>`,
    width: 2 * width,
    height: Math.ceil(height),
  };
}

/** The problems that the page has written into its own document, where `--dump-dom` finds them. */
export function problemsOf(dom: string): string[] {
  const found = /<html[^>]* data-problems="([^"]*)"/.exec(dom)?.[1] ?? "not inspected";
  const entities: Record<string, string> = { quot: '"', lt: "<", gt: ">", amp: "&", nbsp: " " };
  const text = found.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
  return text.startsWith("[") ? JSON.parse(text) : [`the page's script did not run: ${text}`];
}

/**
 * Runs in the page. Written as text, as it is the browser's and not Deno's: texts that overlap or
 * leave their picture, figures wider than their cell, texts of too little contrast.
 */
const INSPECT = `
const problems = [];
addEventListener("error", (event) => problems.push("error: " + event.message));
const rgb = (text) => {
  const parts = text.match(/[\\d.]+/g)?.map(Number) ?? [];
  return parts.length >= 3 ? { channels: parts.slice(0, 3), alpha: parts[3] ?? 1 } : null;
};
const luminance = (channels) => channels.map((value) => value / 255)
  .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
const contrast = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const isSvg = (element) => element instanceof SVGElement;
const groundOf = (element, x, y) => {
  const style = getComputedStyle(element);
  if (isSvg(element) && style.paintOrder.startsWith("stroke")) return rgb(style.stroke)?.channels;
  let layers = [];
  for (const under of document.elementsFromPoint(x, y)) {
    if (element.contains(under) || (isSvg(under) && !(under instanceof SVGGeometryElement))) continue;
    const own = getComputedStyle(under);
    const paint = rgb(isSvg(under) ? own.fill : own.backgroundColor);
    if (paint === null) continue;
    const alpha = paint.alpha * (isSvg(under) ? own.fillOpacity * own.opacity : 1);
    if (alpha === 0) continue;
    layers.push({ channels: paint.channels, alpha });
    if (alpha === 1) break;
  }
  if (layers.length === 0) return null;
  return layers.reverse().reduce((below, { channels, alpha }) =>
    channels.map((value, at) => alpha * value + (1 - alpha) * below[at]), [255, 255, 255]);
};
addEventListener("load", () => {
  for (const cell of document.querySelectorAll(".cell")) {
    const tell = (text) => problems.push(cell.dataset.name + ": " + text);
    if (cell.scrollWidth > cell.clientWidth) tell("wider than its cell");
    const texts = [];
    for (const svg of cell.querySelectorAll("svg")) {
      const frame = svg.getBoundingClientRect();
      for (const element of svg.querySelectorAll("text")) {
        const text = element.textContent.slice(0, 40);
        if (text.trim() === "") continue;
        const box = element.getBoundingClientRect();
        texts.push({ element, text, box, svg });
        if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1) tell("outside: " + text);
      }
    }
    texts.forEach((one, at) => texts.slice(0, at).forEach((other) => {
      const a = one.box, b = other.box;
      if (one.svg === other.svg && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 &&
        b.top < a.bottom - 3) tell("overlap: " + other.text + " | " + one.text);
    }));
    const html = [...cell.querySelectorAll("p,figcaption,.tw-text span")].filter((element) =>
      element.childNodes.length > 0 && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
    for (const element of [...texts.map((text) => text.element), ...html]) {
      let [box] = element.getClientRects();
      if (box !== undefined && (box.top < 0 || box.bottom > innerHeight)) {
        element.scrollIntoView({ block: "center" });
        [box] = element.getClientRects();
      }
      if (box === undefined || box.width === 0) continue;
      const style = getComputedStyle(element);
      const ink = rgb(isSvg(element) ? style.fill : style.color)?.channels;
      const ground = groundOf(element, box.left + box.width / 2, box.top + box.height / 2);
      if (!ink || !ground) { tell("no colour: " + element.textContent.slice(0, 40)); continue; }
      const ratio = contrast(ink, ground);
      if (ratio < 4.5) tell("contrast " + ratio.toFixed(2) + ": " + element.textContent.slice(0, 40));
    }
  }
  document.documentElement.dataset.problems = JSON.stringify(problems);
  scrollTo(0, 0);
});`;
