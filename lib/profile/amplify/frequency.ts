import { meanFrequencyMhz } from "../../power/mod.ts";
import type { RawPowerBatch } from "../../record.ts";
import type { AmplifiedLoops } from "./loops.ts";

/**
 * Mean frequency of the CPUs while loops ran ÷ that of the answer, less 1; `null` where the source
 * does not tell it, or no whole record lies in either.
 */
export async function frequencyChange(
  raw: readonly RawPowerBatch[],
  answer: readonly { startMs: number; endMs: number }[],
  { blocks }: AmplifiedLoops,
): Promise<number | null> {
  const [first, last] = [blocks[0], blocks.at(-1)];
  const [from, to] = [answer[0], answer.at(-1)];
  if (!first || !last || !from || !to) return null;
  // Blocks and repetitions follow each other at once.
  const ofAnswer = await meanFrequencyMhz(raw, [{ startMs: from.startMs, endMs: to.endMs }]);
  const ofLoops = await meanFrequencyMhz(raw, [{ startMs: first.startMs, endMs: last.endMs }]);
  return ofAnswer === null || ofLoops === null ? null : ofLoops / ofAnswer - 1;
}
