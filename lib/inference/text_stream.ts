/**
 * Text that grows token by token.
 *
 * @module
 */
import type { Tokenizer } from "../model/mod.ts";

/**
 * Decodes tokens one at a time, so that the pieces add up to the text of all of them.
 *
 * A token may end within a character; the piece is then empty until the character is whole. Tokens
 * are decoded together with those before them, since some decoders treat the first one differently.
 */
export class TextStream {
  #decode: (ids: readonly number[]) => string;
  // The tokens of the last piece that was told, and those after it that were not.
  #context: number[] = [];
  #pending: number[] = [];
  #contextText = "";

  /** Decodes with `tokenizer`. */
  constructor(tokenizer: Tokenizer) {
    this.#decode = tokenizer.decode;
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
