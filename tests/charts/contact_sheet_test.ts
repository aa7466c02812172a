import { deepStrictEqual, ok } from "node:assert/strict";
import { Figure } from "../../lib/charts/mod.ts";
import { dumpDom, findChromium } from "../../tasks/test/chromium.ts";
import { testUnless } from "../gate/needs.ts";
import { contactPage, problemsOf } from "./contact_page.ts";
import { contactSheets } from "./contact_sheet.ts";

const chromium = await findChromium();
const lacking = chromium === null ? "Chromium was not found" : null;

/** Painting takes longest: the gate paints the plain figure of each chart, at full length all. */
const PLAIN =
  /^(timeline|tokens|distribution|efficiency|over-time|comparison|scaling|context|batch|tradeoff|inside-[a-z]+)$/;

testUnless(
  lacking,
  "a browser finds nothing wrong with any chart, two widths, two themes",
  async () => {
    for (const sheet of await contactSheets(chromium ?? "", "all", () => true)) {
      deepStrictEqual(await sheet.inspect(), []);
    }
  },
);

testUnless(
  lacking,
  "a browser paints the plain figure of every chart, two widths, two themes",
  async () => {
    const long = Deno.env.get("TOKENWATT_LONG") === "1";
    const isWanted = (name: string) => long || PLAIN.test(name);
    for (const sheet of await contactSheets(chromium ?? "", "contact", isWanted)) {
      const { path, png } = await sheet.draw();
      console.log(`The picture: ${path}`);
      ok(png.length > 200_000, `only ${png.length} bytes`);
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
      const page = await contactPage({ before: planted, planted }, 464);
      await Deno.writeTextFile(`${folder}/page.html`, page.html);
      // A window lower than the page, as the inspection must scroll.
      const size = { width: page.width, height: 120 };
      const dom = await dumpDom(chromium ?? "", `${folder}/page.html`, size);
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
