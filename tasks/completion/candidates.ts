import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Argument, Option } from "commander";
import { knownNames } from "./names.ts";

/** What a word may go on as. */
export interface Candidate {
  /** The whole word. */
  word: string;
  /** What it means, in a line; empty where the word says it. */
  about: string;
}

/** The answer to a press of the tab key. */
export interface Candidates {
  words: Candidate[];
  /** Whether a path may stand there. */
  paths: boolean;
}

/** What says so in its own placeholder takes a path: `<file>`, `[folder]`. */
const PATH = /^(file|folder|path|dir)/;

/**
 * What the last of `words` may go on as, the others being what was typed after the command's name.
 * It never throws: a press of the tab key is no place for an error.
 */
export async function candidates(
  command: CommandUnknownOpts,
  words: readonly string[],
): Promise<Candidates> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const isOver = before.includes("--");
  const equals = /^(--[\w-]+)=(.*)$/s.exec(typed);
  if (equals && !isOver) {
    const option = optionOf(command, equals[1]!);
    const found = option?.required ? await values(command, option, before) : NONE;
    return started({ ...found, words: prefixed(`${equals[1]}=`, found.words) }, typed);
  }
  const asking = isOver ? undefined : optionOf(command, before.at(-1) ?? "");
  if (asking?.required) return started(await values(command, asking, before), typed);
  if (typed.startsWith("-") && !isOver) return started(flags(command, before), typed);
  const place = positionals(command, before);
  const { registeredArguments: all } = command;
  const argument = all[place] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return argument ? started(await values(command, argument, before), typed) : NONE;
}

const NONE: Candidates = { words: [], paths: false };

function optionOf(command: CommandUnknownOpts, flag: string): Option | undefined {
  return command.options.find(({ long, short }) =>
    flag !== "" && (long === flag || short === flag)
  );
}

/** How many of the words are arguments. */
function positionals(command: CommandUnknownOpts, words: readonly string[]): number {
  let [count, isOver] = [0, false];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!isOver && word === "--") isOver = true;
    else if (!isOver && word.startsWith("-")) at += optionOf(command, word)?.required ? 1 : 0;
    else count++;
  }
  return count;
}

/** Flags that are not there yet, or may be there again. */
function flags(command: CommandUnknownOpts, before: readonly string[]): Candidates {
  // Commander's own parser of choices takes what came before, too.
  const collects = ({ variadic, argChoices, parseArg }: Option) =>
    variadic || (argChoices === undefined && (parseArg?.length ?? 0) > 1);
  const isFree = (option: Option) =>
    collects(option) || ![option.long, option.short].some((one) => before.includes(one!));
  const shown = command.createHelp().visibleOptions(command).filter(isFree);
  return {
    words: shown.map(({ long, short, description }) => ({
      word: long ?? short!,
      about: description,
    })),
    paths: false,
  };
}

async function values(
  command: CommandUnknownOpts,
  part: Option | Argument,
  before: readonly string[],
): Promise<Candidates> {
  const isOption = "flags" in part;
  const name = isOption ? part.long! : part.name();
  const placeholder = isOption ? /[<[]([\w-]+)/.exec(part.flags)?.[1] ?? "" : name;
  const names = part.argChoices ?? await knownNames(command, name, before);
  return {
    words: names.map((word) => ({ word, about: "" })),
    paths: part.argChoices === undefined && PATH.test(placeholder),
  };
}

function prefixed(prefix: string, words: readonly Candidate[]): Candidate[] {
  return words.map(({ word, about }) => ({ word: prefix + word, about }));
}

/** Names come from files and databases: one that a terminal obeys, or that ends a line, is left out. */
function started({ words, paths }: Candidates, typed: string): Candidates {
  return {
    // deno-lint-ignore no-control-regex
    words: words.filter(({ word }) => word.startsWith(typed) && !/[\x00-\x1f\x7f-\x9f]/.test(word)),
    paths,
  };
}
