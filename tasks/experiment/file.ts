import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../../lib/errors.ts";
import { useOneOf } from "../../lib/nearest.ts";
import type { ExperimentFile } from "../../lib/experiment/mod.ts";
import { userPath } from "../frame/mod.ts";

/** Those that ship, by the names that are typed. */
export const SHIPPED = ["quantization", "context_length", "prefill_chunk"] as const;

const SHIPPED_FOLDER = new URL("../../experiments/", import.meta.url);

/**
 * Reads what a file exports as its default, or a JSON document; a name is that of one that ships.
 *
 * @throws {InputError} where it is not there, cannot be read, or exports no experiment
 */
export async function readExperiment(typed: string): Promise<ExperimentFile> {
  const url = place(typed);
  const refuse = (found: string, remedy: string, cause?: unknown): never => {
    throw new InputError(`Cannot read the experiment "${typed}": ${found}`, { remedy, cause });
  };
  let value: unknown;
  try {
    value = url.pathname.endsWith(".json")
      ? JSON.parse(await Deno.readTextFile(url))
      : (await import(url.href)).default;
  } catch (error) {
    const message = (error as Error).message.replaceAll(/\s*\n\s*/g, " ");
    const isMissing = error instanceof Deno.errors.NotFound || /Module not found/.test(message);
    if (isMissing && !isThere(userPath(typed))) {
      refuse(
        "there is no such file",
        `pass a .ts or .json file, or a name: ${useOneOf(typed, SHIPPED)}`,
        error,
      );
    }
    refuse(message.replace(/\.$/, ""), "see docs/experiments.md for what it must hold", error);
  }
  if (isExperiment(value)) return value;
  return refuse(
    "its default export is no experiment",
    'write `export default { name: "…", arms: { … }, prompts: [ … ] }`',
  );
}

function place(typed: string): URL {
  const shipped = SHIPPED.find((name) => name === typed);
  const path = userPath(typed);
  if (shipped === undefined || isThere(path)) return pathToFileURL(path);
  return new URL(`${shipped}.ts`, SHIPPED_FOLDER);
}

function isThere(path: string): boolean {
  try {
    return isAbsolute(path) && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isExperiment(value: unknown): value is ExperimentFile {
  return typeof value === "object" && value !== null && "name" in value && "arms" in value;
}
