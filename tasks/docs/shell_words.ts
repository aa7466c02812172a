/** Signs of the shell that end a command, or send what it writes elsewhere. */
const SIGNS = ["&&", "||", ">>", "2>", "|", ";", ">", "<", "&"];

/**
 * The commands of a piece of shell, each as its words: quotes and comments are read, a backslash
 * joins lines, and names of files that output is sent to are left out. Not a shell: it knows no
 * variables and no loops.
 */
export function shellCommands(text: string): string[][] {
  const commands: string[][] = [];
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    let words: string[] = [];
    let skipNext = false;
    for (const token of tokensOf(line)) {
      const sign = SIGNS.find((one) => one === token.sign);
      if (sign === undefined) {
        if (!skipNext) words.push(token.word);
        skipNext = false;
      } else if (/[<>]/.test(sign)) skipNext = true;
      else {
        if (words.length > 0) commands.push(words);
        words = [];
      }
    }
    if (words.length > 0) commands.push(words);
  }
  return commands;
}

interface Token {
  word: string;
  sign?: string;
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let rest = line.trimStart();
  while (rest !== "" && !rest.startsWith("#")) {
    const sign = SIGNS.find((one) => rest.startsWith(one));
    const length = sign?.length ??
      /^(?:"[^"]*"|'[^']*'|\\.|[^\s|&;<>"'\\])+/.exec(rest)?.[0].length;
    if (length === undefined) throw new Error(`Cannot read the rest of a line: ${rest}`);
    const raw = rest.slice(0, length);
    tokens.push(sign === undefined ? { word: unquoted(raw) } : { word: "", sign });
    rest = rest.slice(length).trimStart();
  }
  return tokens;
}

function unquoted(raw: string): string {
  return raw.replaceAll(
    /"([^"]*)"|'([^']*)'|\\(.)/g,
    (_, double, single, plain) => double ?? single ?? plain,
  );
}
