/** Whether stdout shows colours: on a terminal, unless NO_COLOR says no. */
export function showsColour(): boolean {
  return Deno.stdout.isTerminal() && !Deno.noColor;
}

/** Bold, where colours are shown. */
export function bold(text: string): string {
  return showsColour() ? `\x1b[1m${text}\x1b[22m` : text;
}

/** Dim, where colours are shown. */
export function dim(text: string): string {
  return showsColour() ? `\x1b[2m${text}\x1b[22m` : text;
}

/** Yellow, where colours are shown. */
export function yellow(text: string): string {
  return showsColour() ? `\x1b[33m${text}\x1b[39m` : text;
}

const WIDTH = 24;

/** A bar on stderr, only on a terminal; elsewhere it draws nothing. */
export class ProgressBar {
  #shown = false;
  readonly #draws: boolean;

  /** `quiet` draws nothing anywhere. */
  constructor(quiet: boolean) {
    this.#draws = !quiet && Deno.stderr.isTerminal();
  }

  /** `fraction` is 0 to 1. */
  draw(fraction: number, label: string): void {
    if (!this.#draws) return;
    const full = Math.round(Math.min(1, Math.max(0, fraction)) * WIDTH);
    const bar = "━".repeat(full) + "─".repeat(WIDTH - full);
    write(`\r\x1b[K${bar} ${label}`);
    this.#shown = true;
  }

  /** Leaves the line empty, so that something else can be printed. */
  clear(): void {
    if (this.#shown) write("\r\x1b[K");
    this.#shown = false;
  }
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
