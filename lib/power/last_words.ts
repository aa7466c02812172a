const MOST_CHARACTERS = 400;

/** The end of what a child writes to its stderr, which says why it ended. */
export class LastWords {
  #text = "";
  readonly #drained: Promise<void>;

  /** Reads all of it: a full pipe would stop the child, and powermetrics may warn for ever. */
  constructor(stderr: ReadableStream<Uint8Array>) {
    this.#drained = this.#drain(stderr);
  }

  /** What it said at last, in one line, once it has ended. */
  async heard(): Promise<string> {
    await this.#drained;
    return this.#text.trim().replaceAll(/\s*\n\s*/g, " / ");
  }

  async #drain(stderr: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of stderr) {
        this.#text = (this.#text + decoder.decode(chunk, { stream: true })).slice(-MOST_CHARACTERS);
      }
    } catch {
      // Nothing more to hear from it; its exit code remains.
    }
  }
}
