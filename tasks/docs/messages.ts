import { join } from "node:path";
import { sourceFiles } from "./rooms.ts";
import { BLANK, partsFrom, textOf } from "./source_text.ts";

/** Something that the tool can say, and what it says to do about it. */
export interface Message {
  /** The folder that says it, as `lib/power`. */
  place: string;
  problem: string;
  remedy: string;
}

const FOLDERS = ["lib", "tasks", "setup"];

/**
 * Every message of an `InputError` in the source, with {@linkcode BLANK} where a value stands. Those
 * of which neither part is written down where they are made are left out.
 */
export async function readMessages(root: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (const folder of FOLDERS) {
    for await (const path of sourceFiles(root, folder)) {
      const source = await Deno.readTextFile(join(root, path));
      messages.push(...messagesIn(source, path.split("/").slice(0, -1).slice(0, 2).join("/")));
    }
  }
  return messages;
}

/** The messages of one file. */
export function messagesIn(source: string, place: string): Message[] {
  return [...source.matchAll(/\bnew InputError\(/g)].flatMap(({ index, 0: call }) => {
    if (/^\s*\*/.test(source.slice(source.lastIndexOf("\n", index) + 1, index))) return [];
    const [problem = "", options = ""] = partsFrom(source, index + call.length);
    const found = {
      place,
      problem: textOf(problem, source),
      remedy: textOf(remedyIn(options), source),
    };
    return found.problem === BLANK && found.remedy === BLANK ? [] : [found];
  });
}

/** The kinds of `Finding`, as `lib/record/finding.ts` lists them. */
export async function readFindingKinds(root: string): Promise<string[]> {
  const source = await Deno.readTextFile(join(root, "lib/record/finding.ts"));
  const [, union = ""] = /type FindingKind =([^;]+);/.exec(source) ?? [];
  return [...union.matchAll(/"([a-z-]+)"/g)].map(([, kind = ""]) => kind);
}

// `options` is an object literal; `{ remedy }` alone and a variable are computed elsewhere.
function remedyIn(options: string): string {
  if (!options.startsWith("{")) return "computed";
  const values = partsFrom(options, 1).map((part) =>
    /^(?:\/\/.*\n\s*)*remedy:([^]+)$/.exec(part)?.[1]
  );
  return values.find((value) => value !== undefined) ?? "computed";
}
