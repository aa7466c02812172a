import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { apiPages } from "./api_pages.ts";
import { commandsPage } from "./commands_page.ts";
import { publicNames } from "./public_names.ts";
import { readMessages } from "./messages.ts";
import { messagesPage } from "./messages_page.ts";
import { readRooms } from "./rooms.ts";
import { roomsDrawing } from "./rooms_drawing.ts";

/** A file of docs/ that is made from the source. */
export interface Page {
  path: string;
  text: string;
}

/** All files of docs/ that `deno task docs` writes, as the source has them now. */
export async function writtenPages(root: string): Promise<Page[]> {
  const pages = [
    ...apiPages(await publicNames(pathToFileURL(`${root}/`))),
    { path: "docs/commands.md", text: await commandsPage() },
    { path: "docs/messages.md", text: messagesPage(await readMessages(root)) },
  ];
  return [
    { path: "docs/images/rooms.svg", text: roomsDrawing(await readRooms(root)) },
    ...await Promise.all(
      pages.map(async ({ path, text }) => ({ path, text: await formatted(text) })),
    ),
  ];
}

/** The paths of those that differ from what is in the folder. */
export async function stalePages(root: string): Promise<string[]> {
  const pages = await writtenPages(root);
  const kept = await Promise.all(
    pages.map(({ path }) => Deno.readTextFile(join(root, path)).catch(() => "")),
  );
  return pages.filter(({ text }, index) => text !== kept[index]).map(({ path }) => path);
}

// By Deno's own formatter, as the gate looks at the format of docs/ too.
async function formatted(markdown: string): Promise<string> {
  const child = new Deno.Command("deno", {
    args: ["fmt", "--no-config", "--line-width", "100", "--ext", "md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format a page: deno fmt failed");
  return new TextDecoder().decode(stdout);
}
