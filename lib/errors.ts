/**
 * Something that the person who called can put right: a path, a flag, a file's content.
 * The command line prints its message alone and exits with code 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { InputError } from "@tokenwatt/tokenwatt";
 *
 * const error = new InputError('Cannot open the model at "nowhere": no such folder', {
 *   remedy: "pass a folder that holds config.json and model.onnx",
 * });
 * assert(error.message.includes("pass a folder"));
 * ```
 */
export class InputError extends Error {
  /** Survives minification, and is what a stack trace begins with. */
  override name = "InputError";
  /** What to do next; also the end of the message, as Jupyter shows nothing else. */
  readonly remedy: string;

  /** `problem` says what was tried and what was found; `remedy` says what to do next. */
  constructor(problem: string, options: { remedy: string; cause?: unknown }) {
    super(`${problem}; ${options.remedy}`, { cause: options.cause });
    this.remedy = options.remedy;
  }
}

/** An error as it crosses threads, where classes are lost. */
export interface PlainError {
  message: string;
  /** What to do next; `null` for an error that is not the user's. */
  remedy: string | null;
}

/** Takes an error apart, to be sent to another thread. */
export function plainError(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  return { message, remedy: error instanceof InputError ? error.remedy : null };
}

/** Puts an error of another thread together again. */
export function revivedError({ message, remedy }: PlainError): Error {
  if (remedy === null) return new Error(message);
  return new InputError(message.slice(0, -`; ${remedy}`.length), { remedy });
}
