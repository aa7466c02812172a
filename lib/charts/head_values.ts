/**
 * Entropy of attention by head and token, from the columns of a run or from the rows of a database.
 *
 * @module
 */
import type { DeepColumns, DeepStatistic } from "../record.ts";
import { firstRepetition } from "./inside_rows.ts";

/** A layer's heads; the value of token `t` and head `h` is at `t * heads + h`, NaN where there is none. */
export interface HeadValues {
  /** Counted from 0. */
  layer: number;
  /** Number of heads. */
  heads: number;
  /** Number of tokens. */
  tokens: number;
  /** In nats. */
  entropyNats: Float32Array;
}

/** The layers whose attention could be seen. */
export function headColumns(
  deep: DeepColumns | null,
  rows: readonly DeepStatistic[] | undefined,
): HeadValues[] {
  if (deep) {
    return deep.attention.filter(({ heads, entropyNats }) => heads > 0 && entropyNats.length > 0)
      .map(({ layer, heads, entropyNats }) => ({ layer, heads, tokens: deep.tokens, entropyNats }));
  }
  const wanted = firstRepetition(rows).flatMap(({ statistic, layer, head, tokenIndex, value }) =>
    statistic === "attention_entropy" && layer !== null && head !== null
      ? [{ layer, head, tokenIndex, value }]
      : []
  );
  const tokens = 1 + wanted.reduce((most, { tokenIndex }) => Math.max(most, tokenIndex), -1);
  return [...Map.groupBy(wanted, ({ layer }) => layer)].sort(([a], [b]) => a - b)
    .map(([layer, own]) => {
      const heads = 1 + own.reduce((most, { head }) => Math.max(most, head), 0);
      const entropyNats = new Float32Array(heads * tokens).fill(NaN);
      for (const { tokenIndex, head, value } of own) entropyNats[tokenIndex * heads + head] = value;
      return { layer, heads, tokens, entropyNats };
    });
}
