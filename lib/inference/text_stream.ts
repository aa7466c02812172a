/**
 * Text that grows token by token.
 *
 * @module
 */
import type { Tokenizer } from "../model/mod.ts";

/** More than the bytes of a character, so that it begins with a whole one as a rule. */
const CONTEXT = 6;

/**
 * Decodes tokens one at a time, so that the pieces add up to the text of all of them.
 *
 * A token may end within a character; the piece is then empty until the character is whole. Tokens
 * are decoded together with those before them, since some decoders treat the first one differently.
 */
export class TextStream {
  #decode: (ids: readonly number[]) => string;
  // The tokens of the last piece that was told, and those after it that were not.
  #context: readonly number[];
  #pending: number[] = [];
  #contextText: string;

  /** Decodes with `tokenizer` what follows `before`: the first word of a text has no space. */
  constructor(tokenizer: Tokenizer, before: readonly number[] = []) {
    this.#decode = tokenizer.decode;
    const text = this.#decode(before.slice(-CONTEXT));
    const isWhole = !text.endsWith("\uFFFD");
    this.#context = isWhole ? before.slice(-CONTEXT) : [];
    this.#contextText = isWhole ? text : "";
  }

  /** Takes a token and returns the text that it completes. */
  push(id: number): string {
    this.#pending.push(id);
    const text = this.#decode([...this.#context, ...this.#pending]);
    // Bytes of a character that is not whole decode to U+FFFD.
    return text.endsWith("\uFFFD") ? "" : this.#tell(text);
  }

  /** Returns what was held back; U+FFFD stands for a character that never became whole. */
  flush(): string {
    if (this.#pending.length === 0) return "";
    return this.#tell(this.#decode([...this.#context, ...this.#pending]));
  }

  #tell(text: string): string {
    const piece = text.slice(this.#contextText.length);
    this.#context = this.#pending;
    this.#pending = [];
    this.#contextText = this.#decode(this.#context);
    return piece;
  }
}
