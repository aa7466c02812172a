import { dirname, join, normalize } from "node:path";

/** A room of `lib/` and the rooms that its files import from. */
export interface Room {
  name: string;
  /** What it is for, in the words of its own door; empty where it has none. */
  purpose: string;
  imports: readonly string[];
}

/** The plain files of `lib/` and its `record/`: all rooms stand on them. */
export const GROUND = "ground";

/** What fits below a name in the drawing, on two lines. */
const LONGEST_PURPOSE = 56;

const IMPORT = /(?:\bfrom|\bimport\s*\(|\bimport|\bnew URL\()\s*"(\.{1,2}\/[^"]+\.ts)"/g;

/**
 * The rooms of `lib/` with all that they import from each other, read from the files themselves:
 * static, type-only and dynamic imports, and the workers that they start.
 */
export async function readRooms(root: string): Promise<Room[]> {
  const found = new Map<string, Set<string>>();
  for await (const path of sourceFiles(root, "lib")) {
    const room = roomOf(path);
    const imports = found.get(room) ?? new Set();
    found.set(room, imports);
    for (const [, target = ""] of (await Deno.readTextFile(join(root, path))).matchAll(IMPORT)) {
      const other = roomOf(normalize(join(dirname(path), target)));
      if (other !== room) imports.add(other);
    }
  }
  const names = [...found.keys()].sort();
  return await Promise.all(names.map(async (name) => ({
    name,
    purpose: name === GROUND ? "types, clock, errors" : await purposeOf(root, name),
    imports: [...found.get(name)!].sort(),
  })));
}

// The first sentence of the door's comment, up to a colon; after it, where only a name stands before.
async function purposeOf(root: string, room: string): Promise<string> {
  const door = await Deno.readTextFile(join(root, "lib", room, "mod.ts")).catch(() => "");
  const [, comment = ""] = /^\/\*\*([^]*?)\*\//.exec(door) ?? [];
  const sentence = comment.replaceAll(/\s*\n \*\s*/g, " ").trim().split(/\.(?:\s|$)/)[0]!;
  const [before = "", after = ""] = sentence.split(": ");
  const purpose = after === "" || before.includes(" ") ? before : after;
  return purpose.length <= LONGEST_PURPOSE ? purpose : purpose.split(",")[0]!;
}

/** The TypeScript files in a folder, as paths from `root`, in the order of their names. */
export async function* sourceFiles(root: string, folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(join(root, folder)));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourceFiles(root, path);
    else if (name.endsWith(".ts")) yield path;
  }
}

/**
 * The floor of each room: 0 for those that import nothing, else one above the highest that they
 * import. Throws where rooms import each other in a circle, as no order of floors exists then.
 */
export function floorsOf(rooms: readonly Room[]): Map<string, number> {
  const floors = new Map<string, number>();
  const byName = new Map(rooms.map((room) => [room.name, room]));
  const floorOf = (name: string, above: readonly string[]): number => {
    if (above.includes(name)) {
      throw new Error(`Rooms import each other in a circle: ${[...above, name].join(" → ")}`);
    }
    const known = floors.get(name);
    if (known !== undefined) return known;
    const below = (byName.get(name)?.imports ?? []).map((one) => floorOf(one, [...above, name]));
    const floor = below.length === 0 ? 0 : Math.max(...below) + 1;
    floors.set(name, floor);
    return floor;
  };
  for (const { name } of rooms) floorOf(name, []);
  return floors;
}

/** The imports that a longer way does not already imply: what a drawing needs to show. */
export function directEdges(rooms: readonly Room[]): [from: string, to: string][] {
  const byName = new Map(rooms.map((room) => [room.name, room.imports]));
  const reaches = (from: string, to: string): boolean =>
    (byName.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return rooms.flatMap(({ name, imports }) =>
    imports.filter((to) => !imports.some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [name, to])
  );
}

function roomOf(path: string): string {
  const [first, second = "", third] = path.split("/");
  if (first !== "lib") return first!;
  return third === undefined || second === "record" ? GROUND : second;
}
