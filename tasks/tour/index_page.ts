/** A notebook as it is stored. */
export interface TourNotebook {
  /** Its file's name without ending. */
  name: string;
  /** Its content. */
  text: string;
}

/** The page that lists the tour: titles and first paragraphs are the notebooks' own. */
export function indexPage(notebooks: readonly TourNotebook[]): string {
  const entries = notebooks.map(({ name, text }) => {
    const { title, about } = opening(text);
    return `## [${title}](${name}.html)\n\n${about}\n\n[\`${name}.ipynb\`](../../notebooks/${name}.ipynb)\n`;
  });
  return [
    "# The tour\n",
    "<!-- Written by `deno task tour`; do not edit. -->\n",
    "The notebooks as they ran: each page holds its text, its code, and the charts that came out. Open\n" +
    "them from disk in any browser; they need no network, and follow its light or dark theme. On your\n" +
    "own machine, `deno task notebook` opens the same tour to be run and changed.\n",
    "What a page shows is what one machine did once: whether energies were measured, estimated from CPU\n" +
    "time or simulated stands in each chart, and so does what other programs took meanwhile. Intervals\n" +
    "are as wide as that makes them. `deno task tour` runs all of it here and renders it anew.\n",
    ...entries,
  ].join("\n");
}

function opening(text: string): { title: string; about: string } {
  const { cells } = JSON.parse(text) as { cells: { source: string | string[] }[] };
  const [heading = "", ...rest] = [cells[0]?.source ?? ""].flat().join("").split("\n\n");
  return { title: heading.replace(/^# /, "").trim(), about: rest[0]?.trim() ?? "" };
}
