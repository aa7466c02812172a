import { deepStrictEqual, ok } from "node:assert/strict";
import { Figure } from "../../lib/charts/mod.ts";
import { findChromium, render } from "../../tasks/test/chromium.ts";
import { decodePng, inkShare } from "../../tasks/test/png.ts";
import { testUnless } from "../gate/needs.ts";
import { contactPage, problemsOf } from "./contact_page.ts";
import { drawContactSheets } from "./contact_sheet.ts";

const chromium = await findChromium();
const lacking = chromium === null ? "Chromium was not found" : null;

testUnless(
  lacking,
  "a browser finds nothing wrong with any chart, two widths, two themes",
  async () => {
    for (const { picture, png, problems } of await drawContactSheets(chromium ?? "")) {
      console.log(`The picture: ${picture}`);
      deepStrictEqual(problems, []);
      const sheet = decodePng(png);
      ok(inkShare(sheet, 0, sheet.height) > 0.01);
    }
  },
);

testUnless(
  lacking,
  "the contact sheet tells texts that overlap, leave, or cannot be read",
  async () => {
    const planted = (width: number) =>
      new Figure({
        title: "Planted",
        subtitle: "",
        caption: [],
        alt: "",
        width,
        draw: () =>
          Promise.resolve({
            svg:
              '<rect width="100" height="60" fill="#777777"/><text x="4" y="20" fill="#000000">one' +
              '</text><text x="8" y="22" fill="#000000">two</text><text x="4" y="50" fill="#808080">' +
              'pale</text><text x="390" y="50" fill="var(--tw-ink)">leaving</text>',
            height: 60,
          }),
      });
    const folder = await Deno.makeTempDir();
    try {
      const page = await contactPage({ planted }, 464);
      await Deno.writeTextFile(`${folder}/page.html`, page.html);
      const size = { width: page.width, height: page.height, pngPath: `${folder}/page.png` };
      const { dom } = await render(chromium ?? "", `${folder}/page.html`, size);
      const found = problemsOf(dom);
      for (const theme of ["light", "dark"]) {
        for (const problem of ["overlap: one | two", "contrast 1.13: pale", "outside: leaving"]) {
          ok(
            found.includes(`planted 464 ${theme}: ${problem}`),
            `${problem} of ${found.join("; ")}`,
          );
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
