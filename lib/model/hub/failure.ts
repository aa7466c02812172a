/**
 * What goes wrong between here and the hub.
 *
 * @module
 */

/** The hub or the way to it failed, and nothing that the user passed is to blame. One line. */
export class HubFailure extends Error {
  /** Survives minification. */
  override name = "HubFailure";
}

/** A failure that may pass: what was tried is worth trying again. */
export class Transient extends Error {
  /** Survives minification. */
  override name = "Transient";
  /** How long the hub asks to wait, in ms; `null` where it does not say. */
  readonly afterMs: number | null;
  /** Whether so much had arrived that this try does not count as one in vain. */
  readonly hasProgress: boolean;

  /** `message` says what happened, in words that fit after "gave up after 5 tries: ". */
  constructor(message: string, options: { afterMs?: number | null; hasProgress?: boolean } = {}) {
    super(message);
    this.afterMs = options.afterMs ?? null;
    this.hasProgress = options.hasProgress ?? false;
  }
}

/** The reason that a network error gives, without the address, which may be signed. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  const text = `${cause?.message ?? message ?? error}`.split("\n")[0]!;
  const last = text.split(/\): |: (?=[a-z])/).at(-1)!;
  return last.replace(/https?:\/\/\S+/g, "the address");
}
