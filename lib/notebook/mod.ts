/**
 * Jupyter: showing what was measured, watching what is being measured, and stopping it.
 *
 * @module
 */
import "./causes.ts";

export { inNotebook } from "./kernel.ts";
export { type LiveState, type LiveView, liveView, type LiveViewOptions } from "./live_view.ts";
export { print } from "./print.ts";
export { show, type Showable } from "./show.ts";
export { interruptSignal } from "./stop_button.ts";
