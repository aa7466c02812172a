/**
 * `deno task completion SHELL`: a script that makes the tab key complete commands, flags and names.
 *
 * @module
 */
import { Argument, Option } from "@commander-js/extra-typings";
import { fileURLToPath } from "node:url";
import tool from "../deno.json" with { type: "json" };
import { answer } from "./completion/answer.ts";
import { completionScript, SHELLS } from "./completion/scripts.ts";
import { ALL_COMMANDS, COMMANDS } from "./commands.ts";
import { command, isCompiled, runCommand } from "./frame/mod.ts";

export const task = command("completion", "Print a script that completes commands in your shell.")
  .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
  .addArgument(new Argument("[words...]", "with --answer: what was typed after deno task"))
  .addOption(new Option("--answer", "what the script asks at each press of the tab key").hideHelp())
  .addHelpText(
    "after",
    `
It completes commands, flags, their values, and names: runs, tags, presets, models. The names of
runs come from the database that --db or TOKENWATT_DB says; nothing is written. Add one line to what
your shell reads at its start (fish: to a file of ~/.config/fish/completions):

Examples:
  source <(deno task completion bash)       in ~/.bashrc, with the full path of this folder
  source <(deno task completion zsh)        in ~/.zshrc, after compinit
  deno task completion fish > ~/.config/fish/completions/deno.fish`,
  )
  .action(async (shell, words, { answer: isAsked }) => {
    if (isAsked) console.log(await answer(words, isCompiled() ? COMMANDS : ALL_COMMANDS));
    else console.log(completionScript(shell, completed()).trimEnd());
  });

function completed() {
  if (isCompiled()) {
    return { folder: null, answer: [Deno.execPath(), "completion", "bash", "--answer", "--"] };
  }
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
  const permissions = tool.tasks.completion.split(" ").filter((flag) => flag.startsWith("--allow"));
  const program = [Deno.execPath(), "run", "-q", "--no-prompt", "--config", `${root}/deno.json`];
  const main = `${root}/tasks/completion.ts`;
  return {
    folder: root,
    answer: [...program, ...permissions, main, "bash", "--answer", "--"],
  };
}

// Not awaited: it loads all commands, this one too, and a module that waits for itself never ends.
if (import.meta.main) void runCommand(task);
