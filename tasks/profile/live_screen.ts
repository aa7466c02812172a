import { formatMs, formatMw } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import type { ProfileProgress } from "../../lib/profile/mod.ts";
import { dim, ProgressBar } from "../frame/mod.ts";

const LABELS: Record<ProfileProgress["stage"], string> = {
  load: "loading the model",
  warm_up: "warming up",
  baseline: "measuring idle power",
  measure: "measuring",
  resolve: "repeating single tokens",
  tail: "measuring idle power again",
  explain: "looking inside",
  amplify: "repeating components",
  analyse: "working out energies",
};

/** The text as it is generated, then a bar: never both on one line. */
export class LiveScreen implements Disposable {
  readonly #bar: ProgressBar;
  readonly #printsText: boolean;
  #printed = 0;
  #isMidLine = false;

  readonly #prompt: string;

  /** `json` keeps stdout free, `quiet` draws nothing; the answer is printed behind the prompt. */
  constructor({ json, quiet, prompt }: { json: boolean; quiet: boolean; prompt: string }) {
    this.#prompt = prompt;
    this.#bar = new ProgressBar(quiet);
    this.#printsText = !json && !quiet;
  }

  /** A line of its own, on stderr where stdout is for data. */
  say(line: string): void {
    this.#bar.clear();
    if (this.#printsText) console.log(line);
    else console.error(line);
  }

  /** Draws what is new. */
  update({ stage, fraction, secondsLeft, text, powerMw }: ProfileProgress): void {
    if (text.length > this.#printed && this.#printsText) {
      this.#bar.clear();
      if (this.#printed === 0) write(`\n${dim(visibleText(this.#prompt))}`);
      write(visibleText(text.slice(this.#printed)));
      this.#printed = text.length;
      this.#isMidLine = true;
    }
    if (stage === "warm_up" && this.#isMidLine) return;
    this.#endLine();
    const watts = powerMw === null ? "" : ` · ${formatMw(powerMw)}`;
    this.#bar.draw(fraction, `${LABELS[stage]}, ${formatMs(secondsLeft * 1000)} left${watts}`);
  }

  /** Leaves the cursor at the start of an empty line. */
  end(): void {
    this.#bar.clear();
    this.#endLine();
    if (this.#printed > 0) write("\n");
    this.#printed = 0;
  }

  /** As {@link end}. */
  [Symbol.dispose](): void {
    this.end();
  }

  #endLine(): void {
    if (this.#isMidLine) write("\n");
    this.#isMidLine = false;
  }
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
