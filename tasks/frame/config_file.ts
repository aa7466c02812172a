import type { Command } from "commander";
import { InputError } from "../../lib/errors.ts";
import { useOneOf } from "../../lib/nearest.ts";
import { userPath } from "./places.ts";

const FILE = "tokenwatt.json";

/**
 * Takes options from `tokenwatt.json` in the user's folder. Flags and environment variables come
 * first, as commander lets both win over values whose source is "config".
 *
 * @throws {InputError} if the file is not an object of known options
 */
export function applyConfigFile(command: Command): void {
  const path = userPath(FILE);
  const values = read(path);
  if (values === null) return;
  const section = values[nameOf(command)];
  const own = isRecord(section) ? section : {};
  for (const [key, value] of Object.entries({ ...values, ...own })) {
    if (isRecord(value)) continue;
    const option = command.options.find((one) => one.long === `--${key}`);
    if (!option) {
      if (key in own) throw unknown(path, key, command);
      continue;
    }
    const parsed = option.parseArg && typeof value !== "boolean"
      ? option.parseArg(String(value), undefined)
      : value;
    command.setOptionValueWithSource(option.attributeName(), parsed, "config");
  }
}

/** "profile" of "deno task profile". */
function nameOf(command: Command): string {
  return command.name().split(" ").at(-1) ?? "";
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
      remedy: 'write JSON such as { "model": "models/tinytales" }',
      cause: error,
    });
  }
  throw new InputError(`Cannot use ${path}: it does not hold an object`, {
    remedy: 'write JSON such as { "model": "models/tinytales" }',
  });
}

function unknown(path: string, key: string, command: Command): InputError {
  const known = command.options.flatMap((option) => option.long?.slice(2) ?? []);
  return new InputError(`Cannot use "${key}" for ${nameOf(command)} in ${path}`, {
    remedy: useOneOf(key, known),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
