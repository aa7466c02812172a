/**
 * Opens reports from disk in a headless Chromium that has no network, uses them by keys, and prints
 * what was seen.
 *
 *     deno run -A --config tests/browser/deno.json tests/browser/report.ts CHROMIUM FOLDER MODE:FILE…
 *
 * Modes: `all` sees both themes, prints, and leaves pictures of two widths and a PDF in FOLDER;
 * `read` sees one theme; `use` only opens the file and uses it, as axe-core takes a while for a
 * large one. It judges nothing; tests/report/browser_test.ts does.
 */
import { basename } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { found } from "./found.ts";
import type { PickedSight, ReportSight, SeenReport } from "./report_sight.ts";

const WIDTHS = [375, 640, 1280];
const [chromiumPath = "", folder = "", ...asked] = Deno.args;
const browser = await chromium.launch({
  executablePath: found(chromiumPath),
  args: ["--disable-gpu", ...Deno.uid() === 0 ? ["--no-sandbox"] : []],
});
try {
  const seen: SeenReport[] = [];
  for (const one of asked) {
    const at = one.indexOf(":");
    seen.push(await see(browser, one.slice(at + 1), one.slice(0, at)));
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

async function see(browser: Browser, file: string, mode: string): Promise<SeenReport> {
  const themes: ReportSight[] = [];
  let rest: Omit<SeenReport, "themes"> = { picked: null, printed: [], unprinted: [] };
  const asked = mode === "all" ? ["light", "dark"] as const : ["light"] as const;
  for (const theme of asked) {
    const context = await browser.newContext({
      colorScheme: theme,
      viewport: { width: 1280, height: 900 },
      offline: true,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`file://${file}`) && !request.url().startsWith("data:")) {
        requests.push(request.url());
      }
    });
    const startMs = performance.now();
    await page.goto(`file://${file}`);
    const hasExplorer = await page.locator("#explorer").count() > 0;
    if (hasExplorer) await page.locator("#explore-tokens [role=option]").first().waitFor();
    const interactiveMs = performance.now() - startMs;
    const picture = mode === "all" ? `${folder}/${basename(file, ".html")}-${theme}` : null;
    if (picture !== null) await page.screenshot({ path: `${picture}-1280.png`, fullPage: true });
    if (theme === "light") {
      rest = {
        picked: hasExplorer && await page.locator("#explore-layers").count() > 0
          ? await pick(page)
          : null,
        ...picture === null ? { printed: [], unprinted: [] } : await print(page, `${picture}.pdf`),
      };
    }
    themes.push({
      theme,
      interactiveMs,
      complaints,
      requests,
      violations: mode === "use" ? [] : await violationsOf(page),
      overflow: await overflowOf(page, picture),
      pwned: await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned ?? null),
      headings: await page.locator("h1, h2").allInnerTexts(),
      text: theme === "light" ? await page.locator("body").innerText() : "",
    });
    await context.close();
  }
  return { themes, ...rest };
}

/** As a person without a mouse would: tab, arrows, Enter; then once with the mouse. */
async function pick(page: Page): Promise<PickedSight> {
  const said = () => page.locator("#picked").innerText();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.locator("input[name=metric]").first().focus();
  // Metrics, threshold, tokens: one stop each.
  await press("Tab", "Tab", "ArrowRight", "ArrowRight", "Enter");
  const token = {
    said: await said(),
    title: await page.locator("#explore-layers-title").innerText(),
    values: await page.locator("#explore-layers .value").allInnerTexts(),
  };
  await press("Tab", "ArrowDown", "Enter");
  const layer = {
    said: await said(),
    title: await page.locator("#explore-tokens-title").innerText(),
    colours: await page.locator("#explore-tokens [role=option]").evaluateAll((all) =>
      all.map((option) => /tw-q\d/.exec(option.className)?.[0] ?? "")
    ),
  };
  await press("Escape", "Shift+Tab", "Escape");
  const cleared = await said();
  const before = await page.locator("#least-text").innerText();
  await press("Shift+Tab", "End");
  const threshold = { before, after: await page.locator("#least-text").innerText() };
  await press("Home", "Shift+Tab", "ArrowRight");
  const metric = {
    checked: await page.locator("input[name=metric]:checked").getAttribute("value") ?? "",
    shown: await page.locator("[data-metric]:visible").evaluateAll((all) =>
      all.map((panel) => panel.getAttribute("data-metric") ?? "")
    ),
  };
  const cells = page.locator("[data-metric]:visible .tw-cells");
  await cells.scrollIntoViewIfNeeded();
  const box = await cells.evaluate((cells) => {
    const { x, y, width, height } = cells.getBoundingClientRect();
    return { x, y, width, height };
  });
  await page.mouse.move(box.x + box.width * 0.42, box.y + box.height * 0.42);
  const tip = await page.locator(".tip").innerText();
  await page.mouse.click(box.x + box.width * 0.42, box.y + box.height * 0.42);
  const clicked = await said();
  await page.locator("[data-metric]:visible").screenshot({ path: `${folder}/picked.png` });
  await page.locator("#explorer").screenshot({ path: `${folder}/explorer.png` });
  return { token, layer, metric, threshold, cleared, clicked, tip, marks: await hover(page) };
}

/** Over some of all marks, as a mouse would send it; waiting for each to stand still takes minutes. */
async function hover(page: Page): Promise<{ hovered: number; silent: number }> {
  return await page.evaluate(() => {
    const tip = document.querySelector<HTMLElement>(".tip");
    const marks = [...document.querySelectorAll("main svg :not(title):has(> title)")];
    const said = marks.filter((_, at) => at % 13 === 0).flatMap((mark) => {
      mark.scrollIntoView({ block: "center" });
      const { x, y, width, height } = mark.getBoundingClientRect();
      if (width < 3 || height < 3) return [];
      const [clientX, clientY] = [x + width / 2, y + height / 2];
      document.elementFromPoint(clientX, clientY)?.dispatchEvent(
        new PointerEvent("pointermove", { bubbles: true, clientX, clientY, pointerType: "mouse" }),
      );
      return [tip?.hidden === false && tip.textContent !== ""];
    });
    return { hovered: said.length, silent: said.filter((one) => !one).length };
  });
}

async function print(
  page: Page,
  path: string,
): Promise<{ printed: string[]; unprinted: string[] }> {
  // Its outline holds each heading that is on paper.
  const pdf = await page.pdf({ path, printBackground: true, tagged: true, outline: true });
  const titles = new TextDecoder("latin1").decode(pdf).matchAll(/\/Title \(([^)]*)\)/g);
  await page.emulateMedia({ media: "print" });
  const unprinted = await page.evaluate(() =>
    [...document.querySelectorAll("main h2, main h3.tw-title, main table, figure svg")]
      .filter((element) =>
        !element.closest("#explorer") && !element.checkVisibility({
          contentVisibilityAuto: true,
          visibilityProperty: true,
        })
      )
      .map((element) => `${element.tagName} ${element.textContent?.slice(0, 60)}`)
  );
  await page.emulateMedia({ media: "screen" });
  return { printed: [...titles].map(([, title]) => title!), unprinted };
}

/** The page's policy allows no script to be put into it: axe comes in beside it, as a debugger does. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: {
            id: string;
            help: string;
            nodes: { html: string; failureSummary: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) =>
      `${id} × ${nodes.length}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`
    );
  });
}

async function overflowOf(page: Page, picture: string | null): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    found[width] = await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth
    );
    if (width === 375 && picture !== null) {
      await page.screenshot({ path: `${picture}-375.png`, fullPage: true });
    }
  }
  return found;
}
