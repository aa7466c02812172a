import { fileURLToPath } from "node:url";
import { InputError } from "@tokenwatt/tokenwatt";
import { denoProgram } from "./deno_peer.ts";

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
const BEGIN = "<!-- bench: begin -->\n";
const END = "<!-- bench: end -->\n";

/** Puts the text between the two marks of docs/benchmarks.md, in place of what stands there. */
export async function writeDocs(text: string): Promise<void> {
  const page = replaceBetween(Deno.readTextFileSync(PAGE), text);
  Deno.writeTextFileSync(PAGE, await formatted(page));
}

/** A page as `deno fmt` writes it: the gate refuses any other. */
export async function formatted(page: string): Promise<string> {
  const formatter = new Deno.Command(denoProgram(), {
    args: ["fmt", "--config", CONFIG, "--ext", "md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(page));
  await writer.close();
  const { success, stdout } = await formatter.output();
  if (!success) throw new Error("Cannot write docs/benchmarks.md: deno fmt has failed");
  return new TextDecoder().decode(stdout);
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
