import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";

/** A Chromium to draw with, or why there is none. */
export type Chromium = { path: string } | { reason: string };

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/usr/lib/chromium/chromium",
];

/** A Chromium in PATH or in its usual places, or `null`. */
export async function findChromium(): Promise<string | null> {
  for (const candidate of [...NAMES, ...APPLICATIONS]) {
    const { code } = await runCommand(candidate, ["--version"], { cwd: tmpdir(), show: false });
    if (code === 0) return candidate;
  }
  return null;
}

/** Finds Chromium; as root on Debian it is installed if missing. */
export async function prepareChromium(): Promise<Chromium> {
  const found = await findChromium();
  if (found !== null) return { path: found };
  if (Deno.uid() !== 0) return { reason: "Chromium was not found; install it to run this step" };
  const quiet = { cwd: tmpdir(), env: { DEBIAN_FRONTEND: "noninteractive" }, show: false };
  await runCommand("apt-get", ["update", "-qq"], quiet);
  const { code, text } = await runCommand("apt-get", ["install", "-y", "-qq", "chromium"], quiet);
  const installed = await findChromium();
  if (installed !== null) return { path: installed };
  const said = text.trim().split("\n").at(-1) ?? "";
  return { reason: `Chromium was not found and apt-get ended with code ${code}: ${said}` };
}

/** A page as Chromium saw it: the picture, and the document after its scripts ran. */
export interface Rendered {
  png: Uint8Array;
  dom: string;
}

/** Draws a local page without network; the two ways of asking exclude each other in one run. */
export async function render(
  chromium: string,
  pagePath: string,
  size: { width: number; height: number; pngPath: string },
): Promise<Rendered> {
  const png = await screenshot(chromium, pagePath, size);
  return { png, dom: await dumpDom(chromium, pagePath, size) };
}

/** The picture of a local page. */
export async function screenshot(
  chromium: string,
  pagePath: string,
  { width, height, pngPath }: { width: number; height: number; pngPath: string },
): Promise<Uint8Array> {
  await open(chromium, pagePath, { width, height }, `--screenshot=${pngPath}`);
  return await readFile(pngPath);
}

/** The document of a local page after its scripts ran, in a window of the given size. */
export function dumpDom(
  chromium: string,
  pagePath: string,
  size: { width: number; height: number },
): Promise<string> {
  return open(chromium, pagePath, size, "--dump-dom");
}

async function open(
  chromium: string,
  pagePath: string,
  { width, height }: { width: number; height: number },
  flag: string,
): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), "tokenwatt-chromium-"));
  const args = [
    "--headless",
    // Chromium refuses to run as root with its sandbox, and the page is our own.
    ...Deno.uid() === 0 ? ["--no-sandbox"] : [],
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    `--user-data-dir=${profile}`,
    `--window-size=${width},${height}`,
    flag,
    `file://${pagePath}`,
  ];
  try {
    const { code, text } = await runCommand(chromium, args, { cwd: profile, show: false });
    if (code !== 0) throw new Error(`${chromium} ${flag} ended with code ${code}: ${text.trim()}`);
    return text;
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
