import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { htmlReport } from "../../lib/report/mod.ts";
import { findChromium } from "../../tasks/test/chromium.ts";
import { runCommand } from "../../tasks/test/command.ts";
import type { SeenReport } from "../browser/report_sight.ts";
import { sampleRun } from "../fixtures/run.ts";
import { testUnless } from "../gate/needs.ts";
import { HOSTILE } from "../notebook/hostile.ts";
import { hostileRun, largeRun, rasterRun, richRun } from "./reports.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const isLong = Deno.env.get("TOKENWATT_LONG") === "1";
const BROWSER = ["--config", "tests/browser/deno.json", "tests/browser/report.ts"];

async function lacking(): Promise<string | null> {
  if (await findChromium() === null) return "Chromium was not found";
  const { code, text } = await runCommand(Deno.execPath(), ["cache", "-q", ...BROWSER], {
    cwd: ROOT,
    show: false,
  });
  return code === 0 ? null : `the browser's driver cannot be loaded (${text.split("\n")[0]})`;
}

/** Writes the pages to out/report, where their pictures can be looked at, and opens them. */
async function see(
  pages: Record<string, [mode: "all" | "read" | "use", html: string]>,
): Promise<Record<string, SeenReport>> {
  const folder = join(ROOT, "out", "report");
  Deno.mkdirSync(folder, { recursive: true });
  const files = Object.entries(pages).map(([name, [mode, html]]) => {
    const path = join(folder, `${name}.html`);
    Deno.writeTextFileSync(path, html);
    return `${mode}:${path}`;
  });
  const { code, text } = await runCommand(
    Deno.execPath(),
    ["run", "-q", "-A", "--check", ...BROWSER, (await findChromium())!, folder, ...files],
    { cwd: ROOT, show: false },
  );
  assert.equal(code, 0, text);
  const seen = JSON.parse(text.split("\n").find((line) => line.startsWith("["))!) as SeenReport[];
  return Object.fromEntries(Object.keys(pages).map((name, at) => [name, seen[at]!]));
}

testUnless(
  await lacking(),
  "a browser without network opens reports from disk, uses them by keys, prints them, and axe-core finds nothing",
  async () => {
    const run = richRun();
    const large = largeRun();
    const seen = await see({
      rich: ["all", await htmlReport({ run })],
      pair: [
        "read",
        await htmlReport([{ run }, {
          run: { ...sampleRun(), model: { ...run.model, precision: "int8" } },
        }]),
      ],
      hostile: ["read", await htmlReport(hostileRun())],
      // axe-core takes ten seconds of CPU for it, four for a run whose heat maps are rasters, too.
      large: [isLong ? "read" : "use", await htmlReport({ run: large })],
      raster: ["read", await htmlReport({ run: rasterRun() })],
    });
    for (const [name, { themes, unprinted }] of Object.entries(seen)) {
      for (const { theme, complaints, requests, violations, overflow, pwned } of themes) {
        const of = `${name}, ${theme}`;
        assert.deepEqual(complaints, [], of);
        assert.deepEqual(requests, [], of);
        assert.deepEqual(violations, [], of);
        assert.deepEqual(overflow, { 375: 0, 640: 0, 1280: 0 }, of);
        assert.equal(pwned, null, of);
      }
      assert.deepEqual(unprinted, [], name);
    }
    const { headings, printed } = { ...seen.rich!, ...seen.rich!.themes[0]! };
    for (const heading of headings) assert.ok(printed.includes(heading), `${heading} is printed`);
    const times = seen.large!.themes.map(({ interactiveMs }) => Math.round(interactiveMs));
    console.log(`500 × 32: interactive after ${times.join(" and ")} ms`);
    assertPicked(seen.rich!);
    assertPicked(seen.large!);
    const text = seen.hostile!.themes[0]!.text;
    assert.ok(text.includes("<script>"), "hostile text is shown as text");
    for (const character of HOSTILE.hidden) assert.ok(!text.includes(character));
  },
);

function assertPicked({ picked }: SeenReport): void {
  assert.ok(picked !== null);
  const { token, layer, metric, threshold, cleared, clicked, tip, marks } = picked;
  assert.match(token.said, /^Token 2 “.*: .* together .*integrated, 95 %/);
  assert.equal(token.title, "Layers of token 2");
  assert.ok(token.values.every((value) => /^[\d.,]+ mJ$/.test(value)), token.values.join());
  assert.match(layer.said, /^Layer 1 in token 2 .* mJ \(.* to .*\), limits; .*not resolved\.$/);
  assert.equal(layer.title, "Tokens, layer 1 in them");
  assert.equal(layer.colours[0], "", "the prefill has no place on the ramp");
  assert.ok(new Set(layer.colours).size > 3, "tokens differ in colour");
  assert.deepEqual(metric, { checked: "time", shown: ["time"] });
  assert.match(threshold.before, /: (\d+) of \1 tokens, 100 % of the sum$/);
  const [, left, all] = /: (\d+) of (\d+) tokens/.exec(threshold.after)!;
  assert.ok(Number(left) > 0 && Number(left) < Number(all), threshold.after);
  assert.equal(cleared, "Nothing is picked.");
  const place = /^Layer (\d+) in token (\d+) “/.exec(clicked)!;
  assert.ok(tip.startsWith(`Layer ${place[1]}, token ${place[2]} “`), `${tip} for ${clicked}`);
  assert.match(clicked, / ms\.$/);
  // A whisker may lie upon the middle of its bar.
  assert.ok(
    marks.hovered > 20 && marks.silent <= marks.hovered / 20,
    `${marks.silent} of ${marks.hovered} marks say nothing`,
  );
}
