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

/**
 * A bar and what it says, in so many columns: what goes on in the next line could not be cleared.
 * The bar becomes shorter first; the label is cut where nothing is left of it.
 */
export function barLine(fraction: number, label: string, columns: number): string {
  // A terminal goes to the next line once its last column is written.
  const text = label.slice(0, Math.max(0, columns - 1));
  const width = Math.min(WIDTH, columns - 2 - text.length);
  if (width < 4) return text;
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `${"━".repeat(full)}${"─".repeat(width - full)} ${text}`;
}

/** How wide the terminal is now; a usual width where it does not say. */
function columnsOfTerminal(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

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
    write(`\r\x1b[K${barLine(fraction, label, columnsOfTerminal())}`);
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
