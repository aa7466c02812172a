/** Compares a drawing with the stored one; `TOKENWATT_UPDATE_SNAPSHOTS=1` stores it instead. */
import { strictEqual } from "node:assert/strict";

const FOLDER = new URL("snapshots/", import.meta.url);

/** Numbers to three digits, ids counted from 1, one element a line: what a reviewer can read. */
export function normalised(markup: string): string {
  const ids = new Map<string, string>();
  for (const [, id = ""] of markup.matchAll(/\sid="([^"]+)"/g)) ids.set(id, `id-${ids.size + 1}`);
  let text = markup.replace(/<style>[^]*?<\/style>/g, "<style/>");
  for (const [id, name] of ids) {
    text = text.replaceAll(`"${id}"`, `"${name}"`).replaceAll(`#${id})`, `#${name})`);
  }
  return text
    .replace(/-?\d+\.\d+(e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(3))))
    .replaceAll("><", ">\n<");
}

export async function assertSnapshot(name: string, markup: string): Promise<void> {
  // Not .svg or .html: `deno fmt` would lay them out anew.
  const file = new URL(`${name}.txt`, FOLDER);
  const actual = normalised(markup);
  if (Deno.env.get("TOKENWATT_UPDATE_SNAPSHOTS") === "1") {
    await Deno.mkdir(FOLDER, { recursive: true });
    await Deno.writeTextFile(file, actual);
    return;
  }
  const expected = await Deno.readTextFile(file);
  strictEqual(
    actual,
    expected,
    `${name} has changed: look at it, then TOKENWATT_UPDATE_SNAPSHOTS=1`,
  );
}
