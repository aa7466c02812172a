/**
 * Shows a figure so that it stays shown.
 *
 * @module
 */
import { denoKernel, type Kernel, settle } from "./kernel.ts";

/** Anything that can draw itself as HTML and say itself in words. */
export interface Showable {
  /** The figure in words. */
  readonly alt: string;
  /** The figure as a self-contained piece of HTML. */
  toHtml(): Promise<string>;
}

/**
 * Shows a figure in the notebook, or prints its words where there is no notebook. Await it: it ends
 * when the output is safe, which the value of a cell's last line is not.
 *
 * @example
 * ```ts
 * import { show } from "@tokenwatt/tokenwatt";
 *
 * await show({ alt: "a dot", toHtml: () => Promise.resolve("<b>·</b>") });
 * ```
 */
export async function show(figure: Showable): Promise<void> {
  await showOn(denoKernel(), figure);
}

/** {@linkcode show} on a given kernel. */
export async function showOn(kernel: Kernel | null, figure: Showable): Promise<void> {
  if (kernel === null) {
    // deno-lint-ignore no-console -- outside a notebook the words are the output
    console.log(figure.alt);
    return;
  }
  await kernel.display({ "text/html": await figure.toHtml(), "text/plain": figure.alt });
  await settle();
}
