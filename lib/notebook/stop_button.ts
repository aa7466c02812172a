/**
 * Jupyter's stop button, which sends SIGINT and would end the kernel and all that it knows.
 *
 * @module
 */
import { inNotebook } from "./kernel.ts";

/** Gives out signals that the next press of the button aborts. */
export class StopButton {
  readonly #running = new Set<AbortController>();
  readonly #listen: (listener: () => void) => void;
  #listening = false;

  /** `listen` is called once, with what the button shall do. */
  constructor(listen: (listener: () => void) => void) {
    this.#listen = listen;
  }

  /** Takes the button over; from then on a press that finds no run does nothing. */
  listen(): void {
    if (!this.#listening) this.#listen(() => this.#press());
    this.#listening = true;
  }

  /** A fresh signal for a run that starts now. */
  signal(): AbortSignal {
    this.listen();
    const controller = new AbortController();
    this.#running.add(controller);
    return controller.signal;
  }

  /** Aborts every run that has a signal, and forgets it: the next run starts unharmed. */
  #press(): void {
    const pressed = [...this.#running];
    this.#running.clear();
    const reason = new DOMException("Stopped by the notebook's stop button", "AbortError");
    for (const controller of pressed) controller.abort(reason);
  }
}

// One listener for the kernel's life: without one, the first press ends the kernel.
const button = new StopButton((listener) => {
  if (inNotebook()) Deno.addSignalListener("SIGINT", listener);
});
// Once our code is there: who presses before the first run begins must not lose the kernel either.
if (inNotebook()) button.listen();

/**
 * Returns a signal for the run that starts now; the notebook's stop button aborts it and the kernel
 * lives on. Outside a notebook nothing aborts it: Ctrl-C belongs to the program.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interruptSignal } from "@tokenwatt/tokenwatt";
 *
 * const signal = interruptSignal();
 * assert(!signal.aborted);
 * ```
 */
export function interruptSignal(): AbortSignal {
  return button.signal();
}
