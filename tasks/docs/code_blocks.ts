/** A fenced block of a Markdown file. */
export interface CodeBlock {
  /** The line of its opening fence, from 1. */
  line: number;
  /** What stands after the opening fence: `sh`, `ts ignore`. */
  tag: string;
  text: string;
}

/** The fenced blocks of a Markdown file, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: CodeBlock | null = null;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence !== null && open === null) {
      open = { line: index + 1, tag: fence[1]!.trim(), text: "" };
    } else if (fence !== null) {
      blocks.push(open!);
      open = null;
    } else if (open !== null) open.text += `${line}\n`;
  }
  if (open !== null) throw new Error(`The block that begins in line ${open.line} has no end`);
  return blocks;
}

/** The commands `deno task …` that stand in running text, each as one line. */
export function commandsInText(markdown: string): string[] {
  const prose = markdown.replaceAll(/^\s*```[^]*?^\s*```/gm, "");
  return [...prose.matchAll(/`(deno\s+task\s[^`]+)`/g)]
    .map(([, text = ""]) => text.replaceAll(/\s+/g, " ").replaceAll("\\|", "|"));
}
