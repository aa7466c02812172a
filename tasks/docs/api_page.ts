/** What `deno doc --json` says of a module, as far as it is needed here. */
interface Documented {
  nodes: Record<string, { symbols: DocumentedSymbol[] }>;
}

interface DocumentedSymbol {
  name: string;
  declarations: {
    kind: string;
    location: { filename: string };
    jsDoc?: { doc?: string };
    def?: { elements?: DocumentedSymbol[] };
  }[];
}

/** A public name. */
export interface PublicName {
  name: string;
  /** `function`, `interface`, … */
  kind: string;
  /** The folder of `lib/` that it comes from. */
  room: string;
  /** The first sentence of its description. */
  about: string;
}

/** Every name that `mod.ts` exports, and those inside of `charts`. */
export async function publicNames(root: URL): Promise<PublicName[]> {
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args: ["doc", "--json", "mod.ts"],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno doc failed: ${new TextDecoder().decode(stderr)}`);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Documented;
  return Object.values(nodes).flatMap(({ symbols }) => symbols.flatMap((one) => namesOf(one)));
}

function namesOf({ name, declarations: [first] }: DocumentedSymbol, prefix = ""): PublicName[] {
  if (first === undefined) return [];
  const { kind, location, jsDoc, def } = first;
  const room = /\/lib\/(\w+)\//.exec(location.filename)?.[1] ?? "record";
  const own = { name: prefix + name, kind, room, about: firstSentence(jsDoc?.doc ?? "") };
  const inside = kind === "namespace" ? def?.elements ?? [] : [];
  return [own, ...inside.flatMap((one) => namesOf(one, `${name}.`))];
}

function firstSentence(text: string): string {
  const line = text.split("\n\n")[0]!.replaceAll(/\s+/g, " ").trim();
  const plain = line.replaceAll(/\{@link(?:code)? ([^}|]+)(?:\|[^}]*)?\}/g, "$1");
  return /^.*?[.:;](?= |$)/.exec(plain)?.[0] ?? plain;
}

/** docs/api.md: every public name in a line. */
export async function apiPage(root: URL): Promise<string> {
  const names = await publicNames(root);
  const rooms = [...new Set(names.map(({ room }) => room))].toSorted();
  const list = (room: string) =>
    names.filter((one) => one.room === room)
      .toSorted((a, b) => a.name < b.name ? -1 : 1)
      .map(({ name, kind, about }) => `- \`${name}\` (${kind}): ${about}`).join("\n");
  return `<!-- Written by \`deno task docs\`; do not edit. -->

# Public names

Everything that \`@tokenwatt/tokenwatt\` exports, by the room that it comes from. \`deno doc mod.ts NAME\`
prints one with its parameters, errors and example; \`deno task docs --api\` makes pages of all in
\`docs/api\`.

${rooms.map((room) => `## ${room}\n\n${list(room)}`).join("\n\n")}
`;
}
