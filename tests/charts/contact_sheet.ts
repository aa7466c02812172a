/**
 * Renders every chart in Chromium, at two widths and in two themes, into out/charts/*.png, and lists
 * texts that overlap or leave their figure. Run: `deno run -A tests/charts/contact_sheet.ts [NAME]`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command: it prints what it found
import { SHEETS } from "./sheets.ts";

const CHROMIUM = "/usr/bin/chromium";
const OUT = new URL("../../out/charts/", import.meta.url);
const WIDTHS = [640, 1000];

/** Runs in the page: writes down every pair of texts whose boxes overlap, and texts outside their picture. */
const INSPECT = `
addEventListener("load", () => {
  const problems = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim() !== "")
      .map((t) => ({ text: t.textContent.slice(0, 40), box: t.getBoundingClientRect() }));
    for (const { text, box } of texts) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
        box.bottom > frame.bottom + 1) problems.push("outside: " + text);
    }
    for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
      const a = texts[i].box, b = texts[j].box;
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) {
        problems.push("overlap: " + texts[j].text + " | " + texts[i].text);
      }
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) problems.push("page is too wide");
  document.body.dataset.problems = JSON.stringify(problems);
  document.body.dataset.height = Math.ceil(document.querySelector("main").getBoundingClientRect().bottom);
});`;

async function chromium(args: string[]): Promise<string> {
  const profile = await Deno.makeTempDir();
  try {
    const { stdout, stderr, success } = await new Deno.Command(CHROMIUM, {
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        `--user-data-dir=${profile}`,
        "--host-resolver-rules=MAP * ~NOTFOUND",
        ...args,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

async function screenshot(url: URL, picture: URL, width: number, height: number): Promise<void> {
  await chromium([
    `--window-size=${width},${height}`,
    `--screenshot=${picture.pathname}`,
    "--hide-scrollbars",
    url.href,
  ]);
  console.log(picture.pathname);
}

await Deno.mkdir(OUT, { recursive: true });
const wanted = Deno.args[0] ?? "";
let problemCount = 0;
for (const [name, draw] of Object.entries(SHEETS)) {
  if (!name.includes(wanted)) continue;
  for (const width of WIDTHS) {
    const figure = draw(width - 24 - 40);
    for (const theme of ["light", "dark"]) {
      const ground = theme === "dark" ? "#0e1013" : "#f0f1f3";
      const file = new URL(`${name}-${width}-${theme}.html`, OUT);
      await Deno.writeTextFile(
        file,
        `<!doctype html><meta charset="utf-8"><script>${INSPECT}</script>` +
          `<body data-jp-theme-light="${
            theme === "light"
          }" style="margin:0;background:${ground}">` +
          `<main style="padding:12px">${await figure.toHtml()}</main>`,
      );
      const dom = await chromium([`--window-size=${width},900`, "--dump-dom", file.href]);
      const height = Number(/data-height="(\d+)"/.exec(dom)?.[1] ?? 900);
      const found: string[] = JSON.parse(
        (/data-problems="([^"]*)"/.exec(dom)?.[1] ?? "[]").replaceAll("&quot;", '"'),
      );
      problemCount += found.length;
      await screenshot(file, new URL(`${name}-${width}-${theme}.png`, OUT), width, height);
      for (const problem of found) console.log(`  ${problem}`);
    }
  }
  const svg = new URL(`${name}.svg`, OUT);
  const figure = draw(760);
  await figure.save(svg);
  const height = Number(/height="(\d+(?:\.\d+)?)"/.exec(await figure.toSvg())?.[1] ?? 600);
  await screenshot(svg, new URL(`${name}-svg.png`, OUT), 800, Math.ceil(height));
}
console.log(`${problemCount} problems`);
