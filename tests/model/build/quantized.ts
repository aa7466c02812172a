/** What quantized weights stand for, by formulas of their own: plain and slow. */
import type { DecoderConfig } from "../../../lib/model/mod.ts";
import type { Weights } from "../checkpoints.ts";

/** Takes a row of numbers that are summed with each other to the numbers that its int4 stands for. */
export function throughInt4(
  row: readonly number[],
  { blockSize, symmetric, half }: { blockSize: number; symmetric: boolean; half: boolean },
): number[] {
  const rounded = half ? row.map(Math.f16round) : row;
  const kept = half ? Math.f16round : Math.fround;
  const result: number[] = [];
  for (let start = 0; start < row.length; start += blockSize) {
    const block = rounded.slice(start, start + blockSize);
    const [least, most] = [Math.min(...block), Math.max(...block)];
    const farthest = Math.abs(most) > Math.abs(least) ? most : least;
    const range = Math.max(most, 0) - Math.min(least, 0);
    const exact = Math.fround(symmetric ? -farthest / 8 : range / 15);
    const scale = kept(exact);
    const zero = symmetric
      ? 8
      : exact === 0
      ? 0
      : Math.min(15, Math.round(Math.fround(-Math.min(least, 0) / exact)));
    const perUnit = scale === 0 ? 0 : Math.fround(1 / scale);
    for (const value of block) {
      // In single precision, or numbers half way between two steps go the other way.
      const step = Math.round(Math.fround(Math.fround(value * perUnit) + zero));
      result.push((Math.min(15, Math.max(0, step)) - zero) * scale);
    }
  }
  return result;
}

/** Takes numbers that share a scale to those that their int8 stands for. */
export function throughInt8(values: readonly number[]): number[] {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  return values.map((value) => {
    const steps = value / scale;
    const down = Math.floor(steps);
    const rest = steps - down;
    const isUp = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
    return (isUp ? down + 1 : down) * scale;
  });
}

/** A config and weights that compute at fp32 what quantized matrices do. */
export function dequantized(
  config: DecoderConfig,
  weights: Weights,
  through: (row: number[]) => number[],
  by: "row" | "matrix",
): { config: DecoderConfig; weights: Weights } {
  const all: Weights = new Map(weights);
  const table = ["model.embed_tokens.weight", "transformer.wte.weight"]
    .find((name) => weights.has(name))!;
  if (!all.has("lm_head.weight")) all.set("lm_head.weight", all.get(table)!);
  for (const [name, { shape, values }] of all) {
    if (shape.length !== 2 || /embed_tokens|wte|wpe/.test(name)) continue;
    const inFirst = /\.c_(attn|proj|fc)\./.test(name);
    const [out, into] = (inFirst ? shape.toReversed() : shape) as [number, number];
    const index = (o: number, i: number) => inFirst ? i * out + o : o * into + i;
    const result = new Float32Array(values.length);
    if (by === "matrix") result.set(through([...values]));
    else {
      for (let o = 0; o < out; o++) {
        const row = Array.from({ length: into }, (_, i) => values[index(o, i)]!);
        through(row).forEach((value, i) => result[index(o, i)] = value);
      }
    }
    all.set(name, { shape, values: result });
  }
  return { config: { ...config, tie_word_embeddings: false }, weights: all };
}
