/**
 * How an exported name is declared, read from source as `deno fmt` leaves it: what a reader of the
 * reference needs, with the comments of members and without the code inside.
 *
 * @param line where its name stands, from 0
 * @param name as it is exported, which may differ from the name in the source
 * @throws {Error} if the source is not laid out as expected
 */
export function declarationAt(source: string, line: number, name: string): string {
  const lines = source.split("\n").slice(line);
  const first = lines[0] ?? "";
  const kind = /^export (?:abstract )?(?:async )?(\w+)/.exec(first)?.[1];
  const text = kind === "function"
    ? signature(lines, 0)
    : kind === "class"
    ? classOutline(lines)
    : kind === "interface"
    ? upTo(lines, (one) => one.startsWith("}") || /^\S.*\{\}$/.test(one))
    : kind === "type"
    ? upTo(lines, endOfType(first))
    : kind === "const"
    ? constant(lines)
    : null;
  if (text === null) throw new Error(`Cannot read the declaration of ${name}: ${first}`);
  return text.replace(/^export (?:async )?/, "")
    .replace(/^((?:abstract )?\w+ )\w+/, (_, before: string) => before + name);
}

function upTo(lines: readonly string[], isLast: (line: string) => boolean): string {
  const last = lines.findIndex(isLast);
  if (last < 0) throw new Error(`Cannot find where a declaration ends: ${lines[0]}`);
  return lines.slice(0, last + 1).join("\n");
}

// An object's members stand deeper than its brace; those of a union stand on lines of their own.
function endOfType(first: string): (line: string) => boolean {
  const deepest = /[{(<[]$/.test(first) ? 0 : 2;
  return (line) => line.endsWith(";") && indentOf(line) <= deepest;
}

/** A function's or method's head: all before the brace of its body, or the whole of one without. */
function signature(lines: readonly string[], indent: number): string {
  const isLast = (line: string) =>
    indentOf(line) === indent && (/[^:] \{$/.test(line) || /[^{(,]$/.test(line));
  return upTo(lines, isLast).replace(/ \{(?:.*\})?$/, ";");
}

// Its type stands before what it is set to; without one, that is a number or a text.
function constant(lines: readonly string[]): string {
  const text = upTo(lines, (line) => / =(?: |$)/.test(line) || line.endsWith(";"));
  const [head = ""] = text.replace(/;$/, "").split(/ =(?: |$)/m);
  return !head.includes(":") && text.endsWith(";") ? text : `${head};`;
}

/** Its head and its public members, each with its comment. */
function classOutline(lines: readonly string[]): string {
  const head = upTo(lines, (line) => line.endsWith(" {"));
  const body = upTo(lines, (line) => line.startsWith("}")).slice(head.length + 1).split("\n");
  const members: string[] = [];
  let comment: string[] = [];
  for (let at = 0; at < body.length - 1;) {
    const line = body[at] ?? "";
    if (/^ {2,3}(?:\/\*\*|\*)/.test(line)) comment.push(line);
    if (/^ {2}[^\s/]/.test(line)) {
      const member = upTo(body.slice(at), (one) => indentOf(one) === 2 && /[;}]$/.test(one));
      const isHidden = /^ {2}(?:static |readonly )*(?:#|private |protected )/.test(line) ||
        comment.some((one) => one.includes("@internal"));
      if (!isHidden) members.push([...comment, memberHead(member)].join("\n"));
      at += member.split("\n").length;
      comment = [];
    } else at++;
  }
  return `${head}\n${members.join("\n\n")}\n}`;
}

function memberHead(member: string): string {
  const lines = member.split("\n");
  return member.endsWith("}") ? signature(lines, 2) : constant(lines);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
