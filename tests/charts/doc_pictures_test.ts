import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as charts from "../../lib/charts/mod.ts";
import { DOC_PICTURES, drawPicture, pictureFile } from "./doc_pictures.ts";
import { normalised } from "./snapshot.ts";

const NO_CHARTS = [
  ...["Figure", "escapeHtml", "visibleText", "liveCard", "liveLine"],
  // What the report needs to draw pages of its own around the charts.
  ...["FIGURE_STYLE", "themeVariables", "layerValues", "headColumns", "routingValues"],
];

Deno.test("docs/charts.md has every chart, with its line of code and its picture", async () => {
  const names = Object.keys(charts).filter((name) => !NO_CHARTS.includes(name));
  deepStrictEqual(Object.keys(DOC_PICTURES).sort(), names.sort());
  const page = await Deno.readTextFile(new URL("../../docs/charts.md", import.meta.url));
  for (const name of names) {
    const [, section = ""] = page.split(`\n### ${name}\n`);
    ok(section.trimStart().startsWith(`\`\`\`ts ignore\ncharts.${name}(`), name);
    const file = pictureFile(name).pathname.split("/").at(-1);
    ok(section.split("\n### ")[0]?.includes(`](images/${file})`), `${name} without a picture`);
    ok(section.split("\n### ")[0]?.includes("_What it does not show:_"), name);
  }
});

for (const name of Object.keys(DOC_PICTURES)) {
  Deno.test(`the picture of ${name}() in docs/images is what it draws`, async () => {
    const stored = await Deno.readTextFile(pictureFile(name));
    ok(stored.length < 60_000, "small enough for a repository");
    strictEqual(
      normalised(stored),
      normalised(await drawPicture(name)),
      "look at it, then: deno run -A tests/charts/doc_pictures.ts",
    );
  });
}

Deno.test("drawPicture() rounds places, and no words", async () => {
  const words = (svg: string) => normalised(svg).replaceAll(/<[^>]*>/g, "\n");
  const drawn = await DOC_PICTURES["efficiency"]!().toSvg();
  const picture = await drawPicture("efficiency");
  ok(/ \d\.\d{3} EUR|>0\.0\d{3} EUR/.test(drawn), "it has something to lose");
  strictEqual(words(picture), words(drawn));
  const fine = await DOC_PICTURES["context"]!().toSvg();
  ok((await drawPicture("context")).length < fine.length);
});
