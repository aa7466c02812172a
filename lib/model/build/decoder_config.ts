/**
 * Reading a decoder's `config.json` field by field, each checked where it is read.
 *
 * @module
 */
import { InputError } from "../../errors.ts";

/** The content of a decoder's `config.json`, as Hugging Face names its fields. */
export interface DecoderConfig {
  /** The family, such as `"llama"` or `"gpt2"`; default `"llama"`. */
  model_type?: string | null;
  /** Whatever else the file says; what shapes the graph is checked. */
  [key: string]: unknown;
}

// Far above every published model; beyond them a config is a mistake that would fill memory or disk.
const LIMITS: Readonly<Record<string, number>> = {
  vocab_size: 1 << 22,
  num_hidden_layers: 1024,
  n_layer: 1024,
  num_attention_heads: 1024,
  n_head: 1024,
  num_local_experts: 512,
  max_position_embeddings: 1 << 28,
  n_positions: 1 << 24,
};
const LIMIT = 1 << 20;

/** A config, or an object in it, whose fields are checked as they are read. */
export class ConfigFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** `path` stands before the names of fields in messages. */
  constructor(values: Readonly<Record<string, unknown>>, path = "") {
    this.#values = values;
    this.#path = path;
  }

  /** The bare value; `null` where it is absent. */
  value(key: string): unknown {
    return this.#values[key] ?? null;
  }

  /** Whether the field stands there, be it as `null`. */
  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  /** A whole number of at least 1; required where there is no fallback. */
  count(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
      throw this.refuse(key, "it must be a whole number of at least 1");
    }
    const limit = LIMITS[key] ?? LIMIT;
    if (value > limit) throw this.refuse(key, `it must be at most ${limit}`);
    return value;
  }

  /** A count, or `null` where the field is `null` or absent. */
  countOrNull(key: string): number | null {
    return this.value(key) === null ? null : this.count(key);
  }

  /** A finite number above 0. */
  positive(key: string, fallback: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
      throw this.refuse(key, "it must be a number above 0");
    }
    return value;
  }

  /** A finite number above 0, `null`, or the fallback where the field is absent. */
  positiveOrNull(key: string, fallback: number | null = null): number | null {
    if (!this.has(key)) return fallback;
    return this.value(key) === null ? null : this.positive(key, 0);
  }

  /** True or false. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value !== "boolean") throw this.refuse(key, "it must be true or false");
    return value;
  }

  /** One of some texts. */
  choice<T extends string>(key: string, choices: readonly T[], fallback?: T): T {
    const value = this.value(key) ?? fallback;
    const match = choices.find((choice) => choice === value);
    if (match === undefined) throw this.refuse(key, `this builder knows ${quoted(choices)}`);
    return match;
  }

  /** Finite numbers above 0, as many as asked. */
  positives(key: string, length: number): number[] {
    const value = this.value(key);
    const fits = Array.isArray(value) && value.length === length &&
      value.every((item) => typeof item === "number" && item > 0 && Number.isFinite(item));
    if (!fits) throw this.refuse(key, `it must hold ${length} numbers above 0`);
    return value as number[];
  }

  /** The object under a key; `null` where it is `null` or absent. */
  object(key: string): ConfigFields | null {
    const value = this.value(key);
    if (value === null) return null;
    if (typeof value !== "object" || Array.isArray(value)) {
      throw this.refuse(key, "it must be an object or null");
    }
    return new ConfigFields(value as Record<string, unknown>, `${this.#path}${key}.`);
  }

  /** The error for a field that cannot be followed. */
  refuse(key: string, remedy: string): InputError {
    return refusal(`${this.#path}${key}`, this.#values[key], remedy);
  }
}

/** The error for a value that cannot be built. */
export function refusal(key: string, value: unknown, remedy: string): InputError {
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  const text = shown === undefined || shown.length <= 80 ? shown : `${shown.slice(0, 80)}…`;
  return new InputError(`Cannot build a model with ${key} ${text}`, { remedy });
}

/** Texts as a list for people: "a", "b". */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(", ");
}
