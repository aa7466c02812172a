import { declarationAt } from "./declaration.ts";

/** What `deno doc --json` says of modules, as far as it is needed here. */
interface Documented {
  nodes: Record<string, { symbols: DocumentedSymbol[] }>;
}

interface DocumentedSymbol {
  name: string;
  declarations: {
    kind: string;
    /** `line` counts from 0. */
    location: { filename: string; line: number };
    jsDoc?: { doc?: string; tags?: DocumentedTag[] };
  }[];
}

interface DocumentedTag {
  kind: string;
  name?: string;
  doc?: string;
  tsType?: { repr?: string };
}

/** A public name, with all that its doc comment says. */
export interface PublicName {
  /** With that of its namespace: `charts.sankey`. */
  name: string;
  /** `function`, `interface`, … */
  kind: string;
  /** The folder of `lib/` that it comes from. */
  room: string;
  /** How it is declared, without what it does inside; empty for a namespace. */
  declaration: string;
  /** What it is, in Markdown. */
  about: string;
  params: { name: string; about: string }[];
  returns: string;
  throws: { type: string; about: string }[];
  /** Each a fenced block. */
  examples: string[];
}

/** Every name that `mod.ts` exports, and those inside of its namespaces. */
export async function publicNames(root: URL): Promise<PublicName[]> {
  const door = await Deno.readTextFile(new URL("mod.ts", root));
  const inner = new Map(
    [...door.matchAll(/export \* as (\w+) from "\.\/([^"]+)"/g)]
      .map(([, name = "", path = ""]) => [new URL(path, root).href, `${name}.`]),
  );
  const { nodes } = await documented(root, [new URL("mod.ts", root).href, ...inner.keys()]);
  const sources = new Map<string, string>();
  const sourceOf = (url: string) => {
    const text = sources.get(url) ?? Deno.readTextFileSync(new URL(url));
    sources.set(url, text);
    return text;
  };
  return Object.entries(nodes).flatMap(([url, { symbols }]) =>
    // A reference is a name of another room, which has its own place.
    symbols.filter(({ declarations }) => declarations[0]?.kind !== "reference")
      .map((one) => publicName(one, inner.get(url) ?? "", sourceOf))
  );
}

async function documented(root: URL, doors: readonly string[]): Promise<Documented> {
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args: ["doc", "--json", ...doors],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno doc failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function publicName(
  { name, declarations }: DocumentedSymbol,
  prefix: string,
  sourceOf: (url: string) => string,
): PublicName {
  const { kind, location, jsDoc } = declarations[0]!;
  const tags = jsDoc?.tags ?? [];
  const said = (tag: DocumentedTag) => (tag.doc ?? "").trim();
  const ofKind = (wanted: string) => tags.filter((tag) => tag.kind === wanted);
  return {
    name: prefix + name,
    kind,
    room: /\/lib\/(\w+)\//.exec(location.filename)?.[1] ?? "record",
    declaration: kind === "namespace"
      ? ""
      : declarationAt(sourceOf(location.filename), location.line, name),
    about: (jsDoc?.doc ?? "").trim(),
    params: ofKind("param").map((tag) => ({ name: tag.name ?? "", about: said(tag) })),
    returns: ofKind("return").map(said).join(" "),
    throws: ofKind("throws").map((tag) => ({
      type: tag.tsType?.repr ?? "Error",
      about: said(tag),
    })),
    examples: ofKind("example").map(said),
  };
}
