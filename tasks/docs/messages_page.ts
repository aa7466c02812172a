import type { Message } from "./messages.ts";
import { BLANK } from "./source_text.ts";

/** docs/messages.md, all of it. */
export function messagesPage(messages: readonly Message[]): string {
  const places = [...new Set(messages.map(({ place }) => place))].sort();
  return `# Every error message

<!-- Written by \`deno task docs\`; do not edit. -->

What can be put right is said in one line, \`problem; what to do next\`, with exit code 2; in code it
is an \`InputError\` whose \`remedy\` is the second half. Search this page for words of a message; ${BLANK}
stands for what is only known then. What a run says of itself is in [troubleshooting](troubleshooting.md).

${places.map((place) => section(place, messages)).join("\n")}`;
}

function section(place: string, messages: readonly Message[]): string {
  const lines = messages.filter((message) => message.place === place)
    .map(({ problem, remedy }) => `- ${plain(problem)}; **${plain(remedy)}**`);
  return `## ${place}\n\n${[...new Set(lines)].sort().join("\n")}\n`;
}

// Signs that Markdown would read are written as they are, but not inside of `code`.
function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().split("`")
    .map((part, index) => index % 2 === 1 ? part : part.replaceAll(/[\\<>*_[\]]/g, "\\$&"))
    .join("`");
}
