/**
 * A run while it goes on, in one output that is drawn again and again.
 *
 * @module
 */
import { liveCard, liveLine, type LiveState } from "../charts/mod.ts";
import type { ProfileProgress } from "../profile/mod.ts";
import { denoKernel, type Kernel, settle } from "./kernel.ts";
import type { Showable } from "./show.ts";

export type { LiveState } from "../charts/mod.ts";

/** How a live view behaves. */
export interface LiveViewOptions {
  /** Shortest time between two drawings; 200 unless given. */
  intervalMs?: number;
}

/** A live view. */
export interface LiveView extends AsyncDisposable {
  /** Takes over what is new; what is not given stays. Cheap: most calls draw nothing. */
  update(state: LiveState): void;
  /**
   * The same from what `profile()` tells while it runs: pass it as `live`. How many tokens a second
   * come cannot be seen from here; `run.totals` has it.
   */
  readonly follow: (progress: ProfileProgress) => void;
  /** Draws the last state, or a figure in its place, and waits until it is safe. */
  end(figure?: Showable): Promise<void>;
}

/** How many powers the little curve shows. */
const HISTORY = 120;

/**
 * Opens a live view in the running cell. Outside a notebook it shows nothing.
 *
 * @example
 * ```ts
 * import { liveView } from "@tokenwatt/tokenwatt";
 *
 * const view = liveView();
 * view.update({ phase: "decode", text: "Once upon", powerMw: 4200 });
 * await view.end();
 * ```
 */
export function liveView(options: LiveViewOptions = {}): LiveView {
  return liveViewOn(denoKernel(), options);
}

/** {@linkcode liveView} on a given kernel. */
export function liveViewOn(kernel: Kernel | null, options: LiveViewOptions = {}): LiveView {
  return kernel === null ? silentView() : new DrawnView(kernel, options.intervalMs ?? 200);
}

function silentView(): LiveView {
  const end = () => Promise.resolve();
  return { update: () => {}, follow: () => {}, end, [Symbol.asyncDispose]: end };
}

class DrawnView implements LiveView {
  readonly #kernel: Kernel;
  readonly #intervalMs: number;
  readonly #id = crypto.randomUUID();
  #state: LiveState = {};
  readonly #powersMw: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAtMs = -Infinity;
  #sent: Promise<void> = Promise.resolve();
  #shown = false;
  #ended = false;

  constructor(kernel: Kernel, intervalMs: number) {
    this.#kernel = kernel;
    this.#intervalMs = intervalMs;
  }

  update(state: LiveState): void {
    if (this.#ended) return;
    this.#state = { ...this.#state, ...state };
    if (typeof state.powerMw === "number") this.#powersMw.push(state.powerMw);
    if (this.#powersMw.length > HISTORY) this.#powersMw.shift();
    const waitMs = this.#drawnAtMs + this.#intervalMs - performance.now();
    if (waitMs <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), waitMs);
  }

  readonly follow = ({ stage, text, powerMw }: ProfileProgress): void =>
    this.update({ phase: stage, text, powerMw });

  async end(figure?: Showable): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (figure === undefined) this.#draw();
    else this.#send(await figure.toHtml(), figure.alt);
    await this.#sent;
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #draw(): void {
    this.#send(liveCard(this.#state, this.#powersMw), liveLine(this.#state));
  }

  #send(html: string, words: string): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAtMs = performance.now();
    const update = this.#shown;
    this.#shown = true;
    const bundle = { "text/html": html, "text/plain": words };
    // A view that cannot be drawn must not end the run that it shows.
    this.#sent = this.#sent.then(() => this.#kernel.display(bundle, { id: this.#id, update }))
      .catch(() => {});
  }
}
