/**
 * Reading what a user points at: every failure to read becomes an `InputError` that names the path.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Whether something is at `path` that can be looked at; missing permission counts as an error. */
export function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw unreadable(path, error);
  }
}

/** The `InputError` for a file or folder that could not be read. */
export function unreadable(path: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const detail = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  if (cause instanceof Deno.errors.NotCapable) {
    return new InputError(
      `Cannot read "${path}": Deno was started without read permission for it`,
      {
        remedy: `add --allow-read="${path}"`,
        cause,
      },
    );
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new InputError(`Cannot read "${path}": permission denied`, {
      remedy: "check the owner and mode of the file and of its folder",
      cause,
    });
  }
  return new InputError(`Cannot read "${path}": ${detail}`, {
    remedy: "check that the path is right and the file is complete",
    cause,
  });
}

/** The largest `tokenizer.json` known has 35 MB; what is much larger is no configuration. */
const MOST_BYTES = 256 * 2 ** 20;

/** Reads a text; `InputError` where it is missing, no plain file, or too large to be meant. */
export function readText(path: string): string {
  const stat = statOrNull(path);
  if (stat !== null && !stat.isFile) { // reading a pipe would wait for ever
    throw new InputError(`Cannot read "${path}": it is not a plain file`, {
      remedy: "replace it with the file of the original model",
    });
  }
  if (stat !== null && stat.size > MOST_BYTES) {
    throw new InputError(`Cannot read "${path}": it has ${stat.size} bytes`, {
      remedy: "replace it with the file of the original model, which is far smaller",
    });
  }
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Reads a JSON object; `InputError` where it is missing, not JSON, or not an object. */
export function readJsonObject(path: string): Record<string, unknown> {
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const [problem] = (cause as Error).message.split("\n");
    throw new InputError(`Cannot read "${path}" as JSON: ${problem}`, {
      remedy: "replace it with the file of the original model",
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`Cannot use "${path}": found ${JSON.stringify(value).slice(0, 40)}`, {
      remedy: "it must hold one JSON object, as the original model's file does",
    });
  }
  return value as Record<string, unknown>;
}

/** The content of a JSON file that may be absent. */
export function readJsonIfThere(path: string): Record<string, unknown> | null {
  return statOrNull(path) === null ? null : readJsonObject(path);
}
