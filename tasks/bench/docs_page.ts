import { InputError } from "@tokenwatt/tokenwatt";

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);
const BEGIN = "<!-- bench: begin -->\n";
const END = "<!-- bench: end -->\n";

/** Puts the text between the two marks of docs/benchmarks.md, in place of what stands there. */
export function writeDocs(text: string): void {
  Deno.writeTextFileSync(
    PAGE,
    replaceBetween(Deno.readTextFileSync(PAGE), text),
  );
}

/** Replaces what stands between the marks; `InputError` where they are not there. */
export function replaceBetween(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) {
    throw new InputError(
      "Cannot write docs/benchmarks.md: its marks are missing",
      {
        remedy: `put the lines "${BEGIN.trim()}" and "${END.trim()}" where the table is to stand`,
      },
    );
  }
  return `${page.slice(0, begin + BEGIN.length)}\n${text}\n${page.slice(end)}`;
}
