/**
 * Draws every chart in Chromium, at two widths and in both themes, into out/charts/contact-*.png,
 * and prints what is wrong with them. Run: `deno run -A tests/charts/contact_sheet.ts [NAME]`; with
 * a name, only the figures that have it in theirs.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command: it prints what it found
import { dumpDom, findChromium, screenshot } from "../../tasks/test/chromium.ts";
import { contactPage, problemsOf } from "./contact_page.ts";
import { SHEETS } from "./sheets.ts";

const OUT = new URL("../../out/charts/", import.meta.url);
const WIDTHS = [640, 1000];

/** A page with figures of one width. */
export interface ContactSheet {
  /** The page itself, for a look by hand. */
  path: string;
  /** What a browser finds wrong with it. */
  inspect(): Promise<string[]>;
  /** Draws it, into a picture beside the page. */
  draw(): Promise<{ path: string; png: Uint8Array }>;
}

/** The figures whose names are wanted, one sheet a width, for a browser to look at. */
export async function contactSheets(
  chromium: string,
  title: string,
  isWanted: (name: string) => boolean,
): Promise<ContactSheet[]> {
  const sheets = Object.fromEntries(Object.entries(SHEETS).filter(([name]) => isWanted(name)));
  await Deno.mkdir(OUT, { recursive: true });
  const made: ContactSheet[] = [];
  for (const width of WIDTHS) {
    const { html, width: pageWidth, height } = await contactPage(sheets, width);
    const path = new URL(`${title}-${width}.html`, OUT).pathname;
    await Deno.writeTextFile(path, html);
    made.push({
      path,
      // A window as high as the page would take ten times as long, and inspection scrolls.
      inspect: async () =>
        problemsOf(await dumpDom(chromium, path, { width: pageWidth, height: 1200 })),
      draw: async () => {
        const pngPath = path.replace(/html$/, "png");
        const size = { width: pageWidth, height, pngPath };
        return { path: pngPath, png: await screenshot(chromium, path, size) };
      },
    });
  }
  return made;
}

if (import.meta.main) {
  const chromium = await findChromium();
  if (chromium === null) {
    console.error("Cannot draw the contact sheet: Chromium was not found; install it");
    Deno.exit(2);
  }
  const wanted = Deno.args[0] ?? "";
  const title = wanted === "" ? "contact" : `contact-${wanted}`;
  let count = 0;
  for (const sheet of await contactSheets(chromium, title, (name) => name.includes(wanted))) {
    console.log((await sheet.draw()).path);
    const problems = await sheet.inspect();
    for (const problem of problems) console.log(`  ${problem}`);
    count += problems.length;
  }
  Deno.exitCode = count > 0 ? 1 : 0;
}
