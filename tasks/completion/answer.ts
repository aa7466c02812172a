import { ALL_COMMANDS, type LoadCommand } from "../commands.ts";
import { type Candidates, candidates } from "./candidates.ts";

/**
 * What the shells' scripts read: a line for each word, its meaning after a tab. The first line is
 * `paths` where a path may stand there too, else `words`.
 */
export async function answer(
  typed: readonly string[],
  commands: Readonly<Record<string, LoadCommand>> = ALL_COMMANDS,
): Promise<string> {
  const { words, paths } = await found(typed, commands);
  const lines = words.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, " ")}`);
  return [paths ? "paths" : "words", ...lines].join("\n");
}

async function found(
  [name = "", ...rest]: readonly string[],
  commands: Readonly<Record<string, LoadCommand>>,
): Promise<Candidates> {
  if (rest.length > 0) {
    if (!Object.hasOwn(commands, name)) return { words: [], paths: false };
    return candidates((await commands[name]!()).task, rest);
  }
  const names = Object.keys(commands).filter((one) => one.startsWith(name));
  const words = await Promise.all(names.map(async (word) => {
    const { task } = await commands[word]!();
    return { word, about: task.description() };
  }));
  return { words, paths: false };
}
