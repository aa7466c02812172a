import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareChromium, render } from "./chromium.ts";
import { executedDir } from "./notebooks.ts";
import { decodePng, inkShare } from "./png.ts";
import { type Check, counted, type Gate, type Outcome, skipped, type Step } from "./step.ts";

const NOTEBOOK = "01-first-profile.ipynb";
const BAND = { width: 1100, height: 900 };
/** Of a band's pixels; a bare axis with its labels has more ink than this. */
const LEAST_INK = 0.002;

/** The first notebook's charts, as it holds them after its execution, drawn by a real browser. */
export const drawnCharts: Step = {
  name: "drawn charts",
  async run(gate: Gate): Promise<Outcome> {
    const notebook = await readFile(join(executedDir(gate.root), NOTEBOOK), "utf8")
      .catch(() => null);
    if (notebook === null) return skipped("drawn charts", `${NOTEBOOK} was not executed`);
    const chromium = await prepareChromium();
    if ("reason" in chromium) return skipped("drawn charts", chromium.reason);
    const checks = await drawCharts(chromium.path, chartsOf(notebook), executedDir(gate.root));
    for (const { name, problem } of checks) console.log(`${name} ... ${problem ?? "ok"}`);
    return counted(checks);
  },
};

/** Draws every chart in a band of its own, so that one chart's ink cannot stand for another's. */
export async function drawCharts(
  chromium: string,
  charts: readonly string[],
  folder: string,
): Promise<Check[]> {
  if (charts.length === 0) return [{ name: "charts", problem: "no chart was found" }];
  const page = join(folder, "charts.html");
  const pngPath = join(folder, "charts.png");
  await writeFile(page, pageOf(charts));
  const size = { width: BAND.width, height: BAND.height * charts.length, pngPath };
  const { png, dom } = await render(chromium, page, size);
  console.log(`The picture: ${pngPath}`);
  const picture = decodePng(png);
  const errors = /<html[^>]* data-errors="([^"]*)"/.exec(dom)?.[1] ??
    "the page's script did not run";
  return [
    { name: "the page reports no error", problem: errors === "" ? null : errors },
    ...charts.map((_, index) => {
      const ink = inkShare(picture, index * BAND.height, (index + 1) * BAND.height);
      const found = `${(ink * 100).toFixed(2)} % of its pixels are drawn`;
      return { name: `chart ${index + 1} is drawn`, problem: ink >= LEAST_INK ? null : found };
    }),
  ];
}

/** The `text/html` outputs of an executed notebook, in order. */
export function chartsOf(notebookText: string): string[] {
  const notebook = JSON.parse(notebookText) as {
    cells: {
      outputs?: { output_type: string; data?: Record<string, string | string[]> }[];
    }[];
  };
  return notebook.cells.flatMap((cell) => cell.outputs ?? []).flatMap((output) => {
    const html = output.output_type === "display_data" ? output.data?.["text/html"] : undefined;
    return html === undefined ? [] : [[html].flat().join("")];
  });
}

// What goes wrong in the page is written into its own document, where --dump-dom finds it.
function pageOf(charts: readonly string[]): string {
  const bands = charts.map((chart) =>
    `<div style="height:${BAND.height}px;overflow:hidden">${chart}</div>`
  );
  return `<!doctype html><html data-errors=""><head><meta charset="utf-8"><script>
const note = (text) => { document.documentElement.dataset.errors += text + "; "; };
addEventListener("error", (event) => note(event.message ?? event.target.outerHTML), true);
addEventListener("unhandledrejection", (event) => note(event.reason));
console.error = (...args) => note(args.join(" "));
</script></head><body style="margin:0;background:white">
${bands.join("\n")}
</body></html>`;
}
