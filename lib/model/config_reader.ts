/**
 * Reads values out of a configuration: what is absent is `null`, what is wrong is refused by name.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** A JSON object that knows which file it came from. */
export class ConfigReader {
  /** The object itself. */
  readonly raw: Record<string, unknown>;
  #path: string;

  /** Reads `raw`, the content of the file at `path` or an object inside it. */
  constructor(path: string, raw: Record<string, unknown>) {
    this.raw = raw;
    this.#path = path;
  }

  /** The first of `keys` that is set; `InputError` unless it is a whole number above 0. */
  count(...keys: string[]): number | null {
    for (const key of keys) {
      const value = this.raw[key];
      if (value === undefined || value === null) continue;
      if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
      throw this.#refuse(key, value, "a whole number above 0");
    }
    return null;
  }

  /** As `count`, of what a model may lack: 0 and -1 say that it has none. */
  option(...keys: string[]): number | null {
    const key = keys.find((name) => (this.raw[name] ?? null) !== null);
    return key === undefined || this.raw[key] === 0 || this.raw[key] === -1
      ? null
      : this.count(key);
  }

  /** A text; `InputError` where something else is set. */
  text(key: string): string | null {
    const value = this.raw[key];
    if (value === undefined || value === null) return null;
    if (typeof value === "string") return value;
    throw this.#refuse(key, value, "a text");
  }

  /** An object inside this one; `InputError` where something else is set. */
  inner(key: string): ConfigReader | null {
    const value = this.raw[key];
    if (value === undefined || value === null) return null;
    if (typeof value === "object" && !Array.isArray(value)) {
      return new ConfigReader(this.#path, value as Record<string, unknown>);
    }
    throw this.#refuse(key, value, "an object");
  }

  #refuse(key: string, value: unknown, wanted: string): InputError {
    const found = JSON.stringify(value).slice(0, 40);
    return new InputError(`Cannot use "${this.#path}": its "${key}" is ${found}`, {
      remedy: `it must be ${wanted}, as in the original model's file`,
    });
  }
}
