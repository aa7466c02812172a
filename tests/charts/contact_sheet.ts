/**
 * Draws every chart in Chromium, at two widths and in both themes, into out/charts/contact-*.png,
 * and prints what is wrong with them. Run: `deno run -A tests/charts/contact_sheet.ts [NAME]`; with
 * a name, only the figures that have it in theirs.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command: it prints what it found
import { findChromium, render } from "../../tasks/test/chromium.ts";
import { contactPage, problemsOf } from "./contact_page.ts";
import { SHEETS } from "./sheets.ts";

const OUT = new URL("../../out/charts/", import.meta.url);
const WIDTHS = [640, 1000];

/** What was drawn, and what is wrong with it. */
export interface ContactSheet {
  picture: string;
  png: Uint8Array;
  problems: string[];
}

/** Draws the figures whose names hold `wanted`, one sheet a width. */
export async function drawContactSheets(
  chromium: string,
  wanted = "",
): Promise<ContactSheet[]> {
  const sheets = Object.fromEntries(
    Object.entries(SHEETS).filter(([name]) => name.includes(wanted)),
  );
  await Deno.mkdir(OUT, { recursive: true });
  const drawn: ContactSheet[] = [];
  for (const width of WIDTHS) {
    const page = await contactPage(sheets, width);
    const name = `contact-${wanted === "" ? "" : `${wanted}-`}${width}`;
    const path = new URL(`${name}.html`, OUT).pathname;
    const picture = new URL(`${name}.png`, OUT).pathname;
    await Deno.writeTextFile(path, page.html);
    const size = { width: page.width, height: page.height, pngPath: picture };
    const { png, dom } = await render(chromium, path, size);
    drawn.push({ picture, png, problems: problemsOf(dom) });
  }
  return drawn;
}

if (import.meta.main) {
  const chromium = await findChromium();
  if (chromium === null) {
    console.error("Cannot draw the contact sheet: Chromium was not found; install it");
    Deno.exit(2);
  }
  const sheets = await drawContactSheets(chromium, Deno.args[0]);
  for (const { picture, problems } of sheets) {
    console.log(picture);
    for (const problem of problems) console.log(`  ${problem}`);
  }
  Deno.exitCode = sheets.some(({ problems }) => problems.length > 0) ? 1 : 0;
}
