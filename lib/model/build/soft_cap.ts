/**
 * Gemma 2's bounds on scores and logits.
 *
 * @module
 */
import type { DecoderBuilder } from "./decoder_builder.ts";

/** Keeps fp32 numbers within ± `cap`: cap · tanh(x / cap). `names` are those of the three nodes. */
export function softCap(
  b: DecoderBuilder,
  input: string,
  cap: number,
  names: { div: string; tanh: string; mul: string },
): string {
  const limit = b.float(`/${b.shape.names.base}/cap_${cap}`, [cap], []);
  const bent = b.node("Tanh", names.tanh, [b.node("Div", names.div, [input, limit])]);
  return b.node("Mul", names.mul, [bent, limit]);
}
