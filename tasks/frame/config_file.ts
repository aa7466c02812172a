import type { Command, Option } from "commander";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { InputError } from "../../lib/errors.ts";
import { nearest, useOneOf } from "../../lib/nearest.ts";
import { userPath } from "./places.ts";

const FILE = "tokenwatt.json";

/**
 * Takes options from `tokenwatt.json` in the user's folder. Flags and environment variables come
 * first, as commander lets both win over values whose source is "config".
 *
 * What stands outside of a command's own section may be meant for another command. It is refused
 * only where it looks like an option of this one: that others will not read it either is not known
 * without loading them all.
 *
 * @throws {InputError} if the file is not an object of options and their values
 */
export function applyConfigFile(command: Command): void {
  const path = userPath(FILE);
  const values = read(path);
  if (values === null) return;
  const section = values[nameOf(command)];
  const own = isRecord(section) ? section : {};
  for (const [key, value] of Object.entries({ ...values, ...own })) {
    if (isRecord(value) && !(key in own)) continue;
    const option = command.options.find((one) => one.long === `--${key}`);
    if (option) apply(command, option, { path, key, value });
    else if (key in own || isMisspelt(key, command)) throw unknown(path, key, command);
  }
}

interface Entry {
  path: string;
  key: string;
  value: unknown;
}

function apply(command: Command, option: Option, entry: Entry): void {
  const value = option.isBoolean() ? switched(option, entry) : parsed(option, entry);
  command.setOptionValueWithSource(option.attributeName(), value, "config");
}

function switched(option: Option, entry: Entry): boolean {
  if (typeof entry.value !== "boolean") throw refused(entry, "write true or false");
  return option.negate ? !entry.value : entry.value;
}

function parsed(option: Option, entry: Entry): unknown {
  const list = Array.isArray(entry.value) ? entry.value : [entry.value];
  if (list.length !== 1 && !collects(option)) throw refused(entry, "write one value");
  let value: unknown = undefined;
  for (const one of list) {
    if (typeof one !== "string" && typeof one !== "number") {
      throw refused(entry, "write text or a number");
    }
    value = option.parseArg ? tried(option.parseArg, String(one), value, entry) : String(one);
  }
  return value;
}

function tried(
  parse: NonNullable<Option["parseArg"]>,
  text: string,
  before: unknown,
  entry: Entry,
): unknown {
  try {
    return parse(text, before);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const { message } = error;
    throw refused(entry, message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, ""));
  }
}

/** Whether a flag may be given again; commander's own parser of choices takes two arguments, too. */
function collects({ variadic, argChoices, parseArg }: Option): boolean {
  return variadic || (argChoices === undefined && (parseArg?.length ?? 0) > 1);
}

/**
 * "maxNewTokens" and "enginee", but not "format", which is another command's; of short words, too
 * many are one letter apart.
 */
function isMisspelt(key: string, command: Command): boolean {
  const dashed = key.replaceAll(/[A-Z_]/g, (one) => `-${one.replace("_", "").toLowerCase()}`);
  const names = namesOf(command);
  return names.includes(dashed) || (key.length > 4 && nearest(key, names, 1) !== null);
}

/** "profile" of "deno task profile". */
function nameOf(command: Command): string {
  return command.name().split(" ").at(-1) ?? "";
}

function namesOf(command: Command): string[] {
  return command.options.flatMap((option) => option.long?.slice(2) ?? []);
}

function read(path: string): Record<string, unknown> | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new InputError(`Cannot read ${path}: ${(error as Error).message}`, {
      remedy: "make it readable, or remove it",
      cause: error,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${(error as Error).message}`, {
      remedy: 'write JSON such as { "db": "lab.db", "profile": { "threads": 4 } }',
      cause: error,
    });
  }
  throw new InputError(`Cannot use ${path}: it does not hold an object`, {
    remedy: 'write JSON such as { "db": "lab.db", "profile": { "threads": 4 } }',
  });
}

function refused({ path, key, value }: Entry, remedy: string): InputError {
  return new InputError(`Cannot use ${JSON.stringify(value)} as "${key}" in ${path}`, { remedy });
}

function unknown(path: string, key: string, command: Command): InputError {
  const known = namesOf(command);
  return new InputError(`Cannot use "${key}" for ${nameOf(command)} in ${path}`, {
    remedy: useOneOf(key, known),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
