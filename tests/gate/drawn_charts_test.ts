import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../tasks/test/chromium.ts";
import { chartsOf, drawCharts } from "../../tasks/test/drawn_charts.ts";
import { testUnless } from "./needs.ts";

const chromium = await findChromium();
const lacking = chromium === null ? "Chromium was not found" : null;

async function draw(...charts: string[]): Promise<boolean[]> {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-gate-"));
  try {
    const checks = await drawCharts(chromium ?? "", charts, folder);
    return checks.map((check) => check.problem === null);
  } finally {
    await rm(folder, { recursive: true });
  }
}

testUnless(lacking, "drawCharts() tells a drawn chart from a blank one", async () => {
  const drawn = '<svg width="400" height="200"><rect width="200" height="100" fill="teal"/></svg>';
  assert.deepEqual(await draw(drawn, '<svg width="400" height="200"></svg>'), [true, true, false]);
});

testUnless(
  lacking,
  "drawCharts() reports a script that throws and a picture not found",
  async () => {
    const [noError] = await draw('<script>throw new Error("planted")</script>');
    assert.equal(noError, false);
    const [nothingMissing] = await draw('<img src="nowhere.png">');
    assert.equal(nothingMissing, false);
  },
);

Deno.test("drawCharts() does not pass without charts", async () => {
  assert.deepEqual(await draw(), [false]);
});

Deno.test("chartsOf() takes the text/html of displays, in order", () => {
  const display = (html: string | string[]) => ({
    output_type: "display_data",
    data: { "text/html": html },
  });
  const notebook = JSON.stringify({
    cells: [{ cell_type: "markdown" }, {
      outputs: [display("<p>1"), { output_type: "stream" }, display(["<p>", "2"])],
    }],
  });
  assert.deepEqual(chartsOf(notebook), ["<p>1", "<p>2"]);
});
