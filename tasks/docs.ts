/**
 * `deno task docs`: writes the parts of docs/ that are made from the source.
 *
 * @module
 */
import { join } from "node:path";
import { command, EXIT, ExitWith, runCommand } from "./frame/mod.ts";
import { apiPages, stalePages, writtenPages } from "./docs/pages.ts";

const ROOT = join(import.meta.dirname!, "..");

export const task = command("docs", "Write the parts of docs/ that are made from the source.")
  .option("--check", "write nothing; exit code 1 if a part is not as the source has it")
  .option("--api", "make pages of the whole API in docs/api instead, which git ignores")
  .addHelpText(
    "after",
    `
Writes the commands (docs/commands.md), the public names (docs/api.md), the list of messages
(docs/messages.md) and the drawing of the rooms (docs/images/rooms.svg).

Examples:
  deno task docs
  deno task docs --check
  deno task docs --api`,
  )
  .action(async ({ check, api }) => {
    if (api) throw new ExitWith(await apiPages(ROOT) ? EXIT.ok : EXIT.failed);
    const stale = await stalePages(ROOT);
    for (const path of stale) console.log(check ? `${path} is not as the source has it` : path);
    if (check && stale.length > 0) throw new ExitWith(EXIT.failed);
    if (check) return;
    for (const { path, text } of await writtenPages(ROOT)) {
      await Deno.writeTextFile(join(ROOT, path), text);
    }
  });

// Not awaited: it loads all commands, this one too, and a module that waits for itself never ends.
if (import.meta.main) void runCommand(task);
