/**
 * All commands as one program: what `deno task compile` makes `tokenwatt` of.
 *
 * @module
 */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import tool from "../deno.json" with { type: "json" };
import { InputError } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import { COMMANDS } from "./commands.ts";
import { asTyped, command, runCommand } from "./frame/mod.ts";

/** Lists what there is; it runs where no command was named. */
const overview = command("", "How many joules each phase, token, layer and component costs.")
  .name("tokenwatt")
  .usage("COMMAND [options]")
  .version(tool.version, "-V, --version", "show the version")
  .argument("[command]", "what to do")
  .allowUnknownOption()
  .allowExcessArguments()
  .addHelpText(
    "after",
    () => `\nCommands:\n${LINES.join("\n")}\n\nAll of one: tokenwatt COMMAND --help`,
  )
  .action((name) => {
    if (name === undefined) return overview.outputHelp();
    const meant = nearest(name, Object.keys(COMMANDS));
    const question = meant === null ? "" : `did you mean ${meant}? `;
    throw new InputError(`There is no command "${name}"`, {
      remedy: `${question}tokenwatt --help lists them`,
    });
  });

const LINES: string[] = [];

async function commandNamed(name: string | undefined): Promise<CommandUnknownOpts> {
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) {
    const { task } = await COMMANDS[name]!();
    return task.name(asTyped(task.name(), true));
  }
  for (const [one, load] of Object.entries(COMMANDS)) {
    LINES.push(`  ${one.padEnd(12)}  ${(await load()).task.description()}`);
  }
  return overview as CommandUnknownOpts;
}

if (import.meta.main) {
  const [name, ...rest] = Deno.args;
  const chosen = await commandNamed(name);
  await runCommand(chosen, chosen === overview as CommandUnknownOpts ? Deno.args : rest);
}
