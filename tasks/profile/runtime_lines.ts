import { threeDigits } from "../../lib/quantities.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { bold, dim, yellow } from "../frame/mod.ts";

/** What the model ran on, what that lets be told of its inside, and what a batch made of it. */
export function runtimeLines({ runtime, totals, power }: ProfilingRun): string[] {
  if (runtime === null) return [];
  const { engine, engineNote, provider, detail, sequences } = runtime;
  const joules = totals.joulesPerToken === null
    ? ""
    : `, ${threeDigits(totals.joulesPerToken)} J for each decoded one (${power.kind})`;
  return [
    `${bold("Engine")} ${engine} on ${provider}: ${dim(detail)}`,
    ...(engineNote === null ? [] : [yellow(`!  ${visibleText(engineNote)}`)]),
    ...(sequences.length === 1 ? [] : [
      `${bold("Batch")}  ${sequences.length} texts at once, ${totals.generatedTokens} tokens in ` +
      `all${joules}`,
    ]),
  ];
}
