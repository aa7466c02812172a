import { join } from "node:path";
import { CommanderError } from "commander";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** What reads the arguments of `deno task NAME`, with nothing done afterwards. */
export type ArgumentCheck = (name: string, args: readonly string[]) => Promise<string | null>;

/**
 * Checks arguments by the commands' own definitions: `null` where they are taken, else what is
 * wrong. The definitions are imported, and their actions never run.
 */
export async function argumentCheck(root: string): Promise<ArgumentCheck> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
    tasks: Record<string, string>;
  };
  const known = new Map<string, CommandUnknownOpts | null>();
  return async (name, args) => {
    const line = tasks[name];
    if (line === undefined) return `there is no task ${name}`;
    const path = join(root, line.split(" ").at(-1)!);
    if (!known.has(path)) known.set(path, await definitionIn(path));
    const task = known.get(path) ?? null;
    return task === null ? null : await problemOf(task, args);
  };
}

// `null` for a module that has no definition to import.
async function definitionIn(path: string): Promise<CommandUnknownOpts | null> {
  if (!/^export const task\b/m.test(await Deno.readTextFile(path))) return null;
  const { task } = await import(`file://${path}`) as { task: CommandUnknownOpts };
  disarm(task);
  return task;
}

function disarm(command: CommandUnknownOpts): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const inner of command.commands) disarm(inner);
}

async function problemOf(
  task: CommandUnknownOpts,
  args: readonly string[],
): Promise<string | null> {
  try {
    await task.parseAsync([...args], { from: "user" });
    return null;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    return error instanceof Error ? error.message : String(error);
  }
}
