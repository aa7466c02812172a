import type { PublicName } from "./public_names.ts";

/** What a reader may look up, room by room. */
interface ApiRoom {
  room: string;
  names: PublicName[];
  /** Where each stands on its page, as a link from any page of the folder. */
  places: Map<string, string>;
}

/** docs/api: a page a room with every public name as it is declared, and one that lists all. */
export function apiPages(names: readonly PublicName[]): { path: string; text: string }[] {
  const rooms = [...Map.groupBy(names, ({ room }) => room)]
    .map(([room, own]): ApiRoom => {
      const sorted = own.toSorted((a, b) => a.name < b.name ? -1 : 1);
      return { room, names: sorted, places: placesOf(room, sorted) };
    })
    .toSorted((a, b) => a.room < b.room ? -1 : 1);
  const places = new Map(rooms.flatMap((one) => [...one.places]));
  return [
    { path: "docs/api/README.md", text: indexPage(rooms, places) },
    ...rooms.map((one) => ({ path: `docs/api/${one.room}.md`, text: roomPage(one, places) })),
  ];
}

const WRITTEN = "<!-- Written by `deno task docs`; do not edit. -->";

function indexPage(rooms: readonly ApiRoom[], places: ReadonlyMap<string, string>): string {
  const list = ({ room, names }: ApiRoom) =>
    `## [${room}](${room}.md)\n\n` +
    names.map(({ name, about }) =>
      `- [\`${name}\`](${places.get(name)}): ${linked(firstSentence(about), places)}`
    ).join("\n");
  return `${WRITTEN}

# Public names

Everything that \`@tokenwatt/tokenwatt\` exports, by the room of \`lib/\` that it comes from, each with
its declaration, parameters, errors and examples on the room's page. \`deno doc mod.ts NAME\` prints one.

${rooms.map(list).join("\n\n")}
`;
}

function roomPage({ room, names }: ApiRoom, places: ReadonlyMap<string, string>): string {
  return `${WRITTEN}

# ${room}

[All public names](README.md)

${names.map((one) => section(one, places)).join("\n\n")}
`;
}

function section(one: PublicName, places: ReadonlyMap<string, string>): string {
  const { name, declaration, about, params, returns, throws, examples } = one;
  const facts = [
    ...params.map((param) => `- \`${param.name}\`: ${param.about}`),
    ...(returns === "" ? [] : [`- Returns ${returns}`]),
    ...throws.map((error) => `- Throws \`${error.type}\` ${error.about}`),
  ].join("\n");
  return [
    `## ${name}`,
    about,
    ...(declaration === "" ? [] : [`\`\`\`ts\n${declaration}\n\`\`\``]),
    facts,
    typesIn(one, places),
    ...examples,
  ].filter((part) => part !== "").map((part) =>
    part.startsWith("```") ? part : linked(part, places)
  )
    .join("\n\n");
}

/** Links to the names that a declaration is made of. */
function typesIn({ name, declaration }: PublicName, places: ReadonlyMap<string, string>): string {
  const code = declaration.replaceAll(/\/\*\*[^]*?\*\//g, "");
  const words = new Set(code.match(/\b[A-Z]\w+/g));
  const own = name.split(".").at(-1)!;
  const prefix = name.slice(0, -own.length);
  const links = [...words].filter((word) => word !== own).sort().flatMap((word) => {
    const known = [prefix + word, word].find((one) => places.has(one));
    return known === undefined ? [] : [`[\`${word}\`](${places.get(known)})`];
  });
  return links.length === 0 ? "" : `Types: ${links.join(", ")}`;
}

// As GitHub makes anchors of headings: `.` goes, and what differs by its case only gets a number.
function placesOf(room: string, names: readonly PublicName[]): Map<string, string> {
  const used = new Map<string, number>([[room, 1]]);
  return new Map(names.map(({ name }) => {
    const anchor = name.replaceAll(/[^\w-]/g, "").toLowerCase();
    const before = used.get(anchor) ?? 0;
    used.set(anchor, before + 1);
    return [name, `${room}.md#${anchor}${before === 0 ? "" : `-${before}`}`];
  }));
}

/** `{@link name}` as a link where that is public, else as code. */
function linked(text: string, places: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{@link(?:code)? ([^}|]+?)\s*(?:\|[^}]*)?\}/g, (_, name: string) => {
    const place = places.get(name);
    return place === undefined ? `\`${name}\`` : `[\`${name}\`](${place})`;
  });
}

function firstSentence(text: string): string {
  const line = text.split("\n\n")[0]!.replaceAll(/\s+/g, " ").trim();
  return /^.*?[.;](?= |$)/.exec(line)?.[0] ?? line;
}
