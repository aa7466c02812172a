/**
 * `deno task docs`: writes the parts of docs/ that are made from the source.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { command, EXIT, ExitWith, runCommand } from "./frame/mod.ts";
import { stalePages, writtenPages } from "./docs/pages.ts";

const ROOT = join(import.meta.dirname!, "..");

export const task = command("docs", "Write the parts of docs/ that are made from the source.")
  .option("--check", "write nothing; exit code 1 if a part is not as the source has it")
  .addHelpText(
    "after",
    `
Writes the commands (docs/commands.md), the reference of the public names (docs/api), the list of
messages (docs/messages.md) and the drawing of the rooms (docs/images/rooms.svg).

Examples:
  deno task docs
  deno task docs --check`,
  )
  .action(async ({ check }) => {
    const stale = await stalePages(ROOT);
    for (const path of stale) console.log(check ? `${path} is not as the source has it` : path);
    if (check && stale.length > 0) throw new ExitWith(EXIT.failed);
    if (check) return;
    for (const { path, text } of await writtenPages(ROOT)) {
      await Deno.mkdir(dirname(join(ROOT, path)), { recursive: true });
      await Deno.writeTextFile(join(ROOT, path), text);
    }
  });

// Not awaited: it loads all commands, this one too, and a module that waits for itself never ends.
if (import.meta.main) void runCommand(task);
