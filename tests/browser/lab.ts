/**
 * Drives JupyterLab in a headless Chromium as a person would, and prints what was on the page.
 *
 *     deno run -A --config tests/browser/deno.json tests/browser/lab.ts CHROMIUM URL FOLDER
 *
 * It judges nothing; tests/notebook/jupyterlab_test.ts does. The notebook's cells: all but the last
 * two end by themselves, the last but one runs until it is stopped, the last runs after that.
 */
import { chromium, type Locator, type Page } from "playwright-core";
import { found } from "./found.ts";
import type { LabSight, PaintedFigure } from "./sight.ts";
import { decodePng, inkShare } from "../../tasks/test/png.ts";

/** Only what hangs is waited for so long, however busy the machine is. */
const LIMIT_MS = 180_000;
const TRIES = 10;

const [chromiumPath = "", url = "", folder = ""] = Deno.args;
const browser = await chromium.launch({
  executablePath: found(chromiumPath),
  args: ["--disable-gpu", ...Deno.uid() === 0 ? ["--no-sandbox"] : []],
});
const dialogs: string[] = [];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
  page.setDefaultTimeout(LIMIT_MS);
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss();
  });
  await page.goto(url);
  try {
    console.log(JSON.stringify(await see(page)));
  } catch (error) {
    await page.screenshot({ path: `${folder}/failed.png`, fullPage: true });
    console.error((await outputsOf(page.locator(".jp-Notebook .jp-CodeCell"))).map(shortened));
    throw error;
  }
} finally {
  await browser.close();
}

async function see(page: Page): Promise<LabSight> {
  const cells = page.locator(".jp-Notebook .jp-CodeCell");
  await cells.first().waitFor();
  await page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").waitFor();
  await runAll(page, cells.first());
  const count = await cells.count();
  const long = cells.nth(count - 2);
  await long.locator(".jp-OutputArea .tw-figure").first().waitFor();
  // It runs, and its live view is on the page: it shall have something to keep, then the button.
  await page.waitForTimeout(1000);
  const pressedMs = performance.now();
  await page.locator("[data-command='notebook:interrupt-kernel'], [data-jp-item-name=interrupt]")
    .first().click();
  await ended(long);
  const stopMs = performance.now() - pressedMs;
  await ended(cells.nth(count - 1));
  await page.screenshot({ path: `${folder}/lab.png` });
  return {
    figures: await figuresOf(cells),
    outputs: await outputsOf(cells),
    errors: await cells.evaluateAll((all) =>
      all.flatMap((cell, index) =>
        cell.querySelector("[data-mime-type='application/vnd.jupyter.error']") ? [index] : []
      )
    ),
    dialogs,
    formulas: await page.locator("mjx-container, .MathJax").count(),
    pwned: await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned ?? null),
    stopMs,
  };
}

/** On a busy machine JupyterLab calls a kernel idle, and drops what is run before it answers. */
async function runAll(page: Page, first: Locator): Promise<void> {
  const running = first.locator(".jp-InputPrompt", { hasText: /\[(\*|\d+)\]/ });
  for (let tries = 0; tries < TRIES; tries++) {
    await first.locator(".cm-content").click();
    await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Run$/ }).click();
    await page.locator(".lm-Menu-itemLabel", { hasText: /^Run All Cells$/ }).click();
    // It is marked as running at once, and for a moment also where that is then taken back.
    await page.waitForTimeout(1000);
    if (await running.count() > 0) return;
  }
  throw new Error(`No cell ran in ${TRIES} tries`);
}

async function outputsOf(cells: Locator): Promise<string[]> {
  return await cells.evaluateAll((all) =>
    all.map((cell) =>
      [...cell.querySelectorAll(".jp-OutputArea-output")].map(({ textContent }) =>
        textContent ?? ""
      )
        .join("\n")
    )
  );
}

function shortened(text: string): string {
  return text.length > 500 ? `${text.slice(0, 250)} … ${text.slice(-250)}` : text;
}

/** Its prompt has a number: it has ended. */
async function ended(cell: Locator): Promise<void> {
  await cell.locator(".jp-InputPrompt", { hasText: /\[\d+\]/ }).waitFor();
}

async function figuresOf(cells: Locator): Promise<PaintedFigure[]> {
  const found: PaintedFigure[] = [];
  for (let cell = 0; cell < await cells.count(); cell++) {
    for (const figure of await cells.nth(cell).locator(".jp-OutputArea .tw-figure").all()) {
      const path = `${folder}/figure-${found.length}.png`;
      const picture = decodePng(await figure.screenshot({ path }));
      const { width, height } = picture;
      found.push({
        cell,
        width,
        height,
        ink: inkShare(picture, 0, height),
        text: await figure.innerText(),
      });
    }
  }
  return found;
}
