import type { SessionOptions } from "../inference/mod.ts";
import type { Model } from "../model/mod.ts";
import { type ActivationOptions, type TappedTokens, tapTokens } from "./activations/mod.ts";
import { type CleanToken, type InsideTimes, profileTokens } from "./layers/mod.ts";

/** What is to be told of the inside of an answer that was measured. */
export interface ExplainPlan extends SessionOptions {
  /** The prompt's ids and, after them, those of the answer. */
  ids: readonly number[];
  /** How many of `ids` are the prompt's. */
  promptLength: number;
  /** The answer's tokens as they were measured. */
  clean: readonly CleanToken[];
  /** Whether single operations are wanted. */
  operations: boolean;
  /** Whether statistics of what components put out are wanted. */
  activations: "off" | "on" | "deep";
  /** |x| below this counts as zero. */
  sparsityBelow: ActivationOptions["sparsityBelow"];
}

/** What the twins told. */
export interface Explained {
  times: InsideTimes;
  tapped: TappedTokens | null;
  /** Whether it was stopped before all tokens had run. */
  interrupted: boolean;
}

/** Runs the twins: the same tokens with every operation timed, then with activations taken out. */
export async function explain(
  model: Model,
  plan: ExplainPlan,
  stopped: () => boolean,
  onProgress: (fraction: number) => void,
): Promise<Explained> {
  const { clean, operations, activations, sparsityBelow, ...session } = plan;
  const passes = activations === "off" ? 1 : 2;
  const common = { ...session, stopped };
  const tell = (pass: number) => (done: number, total: number) =>
    onProgress((pass + done / total) / passes);
  const times = await profileTokens(model, { ...common, clean, operations, onProgress: tell(0) });
  const tapped = activations === "off" || stopped() ? null : await tapTokens(model, {
    ...common,
    deep: activations === "deep",
    sparsityBelow,
    onProgress: tell(1),
  });
  return { times, tapped, interrupted: stopped() };
}
