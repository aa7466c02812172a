import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { ALL_COMMANDS } from "../commands.ts";

/** Wide enough that a description stays in its line, whatever terminal this is made on. */
const WIDTH = 100;

/** docs/commands.md: what `--help` says of each command. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  const names = Object.keys(ALL_COMMANDS);
  for (const name of names) sections.push(section(name, (await ALL_COMMANDS[name]!()).task));
  const list = names.map((name) => `[${name}](#${name})`).join(" · ");
  return `<!-- Written by \`deno task docs\`; do not edit. -->

# Commands

${list}

Each says this with \`--help\`. \`deno task completion bash\` (or \`zsh\`, \`fish\`) makes the tab key
complete them.

Flags win over \`TOKENWATT_…\` variables, these over \`tokenwatt.json\` in your folder. Its keys are the
long flags, for all commands that have them or for one:

\`\`\`json
{ "db": "lab.db", "profile": { "model": "models/tinytales", "max-new-tokens": 32, "json": true } }
\`\`\`

${sections.join("\n")}`;
}

function section(name: string, task: CommandUnknownOpts): string {
  let said = "";
  task.configureOutput({
    writeOut: (text) => said += text,
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  task.outputHelp();
  return `## ${name}\n\n\`\`\`text\n${said.trim()}\n\`\`\`\n`;
}
