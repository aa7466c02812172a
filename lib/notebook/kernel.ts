/**
 * The Deno kernel, as far as notebooks need it. `Deno.jupyter` throws outside of it, and in its
 * workers it is undefined.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";

/** What goes to the front end: the same content as markup and as plain text. */
export interface DisplayBundle {
  "text/html": string;
  "text/plain": string;
}

/** Sends bundles to the notebook. */
export interface Kernel {
  /** With an `id`, what was shown under it before is replaced when `update` is set. */
  display(bundle: DisplayBundle, options?: { id?: string; update?: boolean }): Promise<void>;
}

/**
 * Outputs and the kernel's `idle` travel in two queues, and what arrives after `idle` is lost:
 * without a pause 23 of 60 large outputs, with 5 ms or more none (notes on Deno, section 1.1 A).
 */
const SETTLE_MS = 40;

/** Whether this code runs in a cell of the Deno kernel. */
export function inNotebook(): boolean {
  return denoKernel() !== null;
}

/** What is used of `Deno.jupyter`, which the types of `deno.ns` leave out. */
interface DenoWithJupyter {
  jupyter?: {
    display(
      bundle: DisplayBundle,
      options: { raw: true; display_id?: string; update?: boolean },
    ): Promise<void>;
  };
}

/** The kernel that this code runs in; `null` in every other program. */
export function denoKernel(): Kernel | null {
  try {
    // Reading the property throws outside of the kernel.
    const { jupyter } = Deno as DenoWithJupyter;
    if (jupyter === undefined) return null;
    return {
      display: (bundle, { id, update = false } = {}) =>
        jupyter.display(
          bundle,
          id === undefined ? { raw: true } : { raw: true, display_id: id, update },
        ),
    };
  } catch {
    return null;
  }
}

/** Waits until what was sent has overtaken the end of the cell. */
export async function settle(): Promise<void> {
  await pause(SETTLE_MS);
}
