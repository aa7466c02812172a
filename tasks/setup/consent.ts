import { InputError } from "../../lib/errors.ts";
import { EXIT, ExitWith } from "../frame/mod.ts";

/** How a part is set up. */
export interface SetupChoices {
  /** Take it back instead. */
  undo: boolean;
  /** Show, and do nothing. */
  dryRun: boolean;
  /** Do not ask. */
  yes: boolean;
}

/** Asks on the terminal; ends the task with code 1 where the answer is no. */
export function askOrQuit(question: string): void {
  if (!Deno.stdin.isTerminal()) {
    throw new InputError("Cannot ask whether to go on: this is no terminal", {
      remedy: "pass --yes, or --dry-run to only look",
    });
  }
  if (confirm(question)) return;
  console.error("Nothing was changed.");
  throw new ExitWith(EXIT.failed);
}
