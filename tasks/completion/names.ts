import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { SHIPPED } from "../experiment/file.ts";
import { userPath } from "../frame/mod.ts";

/** Enough to choose from, and found at once in a database of any size. */
const NEWEST = 50;

/** What a flag or an argument takes, where that is known without being a closed list. */
const NAMES: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "--like": async () => (await import("../../lib/model/mod.ts")).PRESETS.map(({ name }) => name),
  "--metric": async () => (await import("../../lib/analysis/mod.ts")).COMPARISON_METRICS,
  "--sort": async () => (await import("../../lib/store/mod.ts")).RUN_METRICS,
  "--power": async () => {
    const { SOURCE_NAMES } = await import("../../lib/power/mod.ts");
    const { RIG_CHIP_NAMES } = await import("../../lib/power/rig/mod.ts");
    return [...SOURCE_NAMES, ...RIG_CHIP_NAMES.map((chip) => `rig:${chip}`), "replay:"];
  },
  file: () => Promise.resolve(SHIPPED),
};

/** What stored runs have, by the flag or argument that takes it. */
const STORED: Readonly<Record<string, (runs: StoredLabels[]) => (string | null)[]>> = {
  run: (runs) => ["last", "last~1", ...runs.map(({ runId }) => runId)],
  arms: (runs) => ["last", "last~1", ...runs.map(({ runId }) => runId)],
  "--model": (runs) => runs.map(({ model }) => model.name),
  "--precision": (runs) => runs.map(({ model }) => model.precision),
  "--experiment": (runs) => runs.map(({ experiment }) => experiment),
  "--tag": (runs) => runs.flatMap(({ tags }) => tags),
};

interface StoredLabels {
  runId: string;
  model: { name: string; precision: string };
  experiment: string | null;
  tags: string[];
}

/** What may stand for this flag or argument of a command; empty where nobody knows. */
export async function knownNames(
  command: CommandUnknownOpts,
  name: string,
  words: readonly string[],
): Promise<readonly string[]> {
  try {
    if (Object.hasOwn(NAMES, name)) return await NAMES[name]!();
    if (Object.hasOwn(STORED, name)) return await storedNames(command, name, words);
  } catch {
    // No database yet, or one of another version: there is nothing to go on.
  }
  return [];
}

async function storedNames(
  command: CommandUnknownOpts,
  name: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const option = command.options.find(({ long }) => long === "--db");
  if (option === undefined) return [];
  const asked = words.lastIndexOf("--db");
  const path = asked >= 0 ? words[asked + 1] : Deno.env.get(option.envVar ?? "");
  const { ProfileDatabase } = await import("../../lib/store/mod.ts");
  // Neither made nor brought up to date: looking at what is there must change nothing.
  using database = ProfileDatabase.open(userPath(path ?? option.defaultValue as string), {
    readOnly: true,
  });
  const runs: StoredLabels[] = database.getRuns({ limit: NEWEST });
  const found = STORED[name]!(runs).filter((text): text is string => Boolean(text));
  return [...new Set(found)];
}
