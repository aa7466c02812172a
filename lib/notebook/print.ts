/**
 * Prints so that it stays printed.
 *
 * @module
 */
import { visibleText } from "../safe_text.ts";
import { inNotebook, settle } from "./kernel.ts";

/**
 * Prints text. In a notebook it ends when the text is safe: of bare `console.log` at the end of a
 * cell, the kernel loses one in a hundred or more (docs/decisions/notebook-output.md).
 *
 * @example
 * ```ts
 * import { print } from "@tokenwatt/tokenwatt";
 *
 * await print("3.1 mJ per token");
 * ```
 */
export async function print(text: string): Promise<void> {
  console.log(visibleText(text));
  if (inNotebook()) await settle();
}
