/**
 * The tensors that a pass is fed with, beside the cache.
 *
 * @module
 */
import type { Feed } from "./decoder_inputs.ts";
import { filled, type HostTensor, zeros } from "./host_tensor.ts";

/** The tokens of a pass: of one sequence, or of several, one after the other. */
export type Ids = readonly number[] | Int32Array;

/**
 * Makes one input of a pass over `ids` after `past` tokens. `padding` has an entry for each sequence:
 * how many of its first places hold nothing, so that all end together (left padding).
 */
export type FeedMaker = (ids: Ids, past: number, padding: readonly number[]) => HostTensor;

/** How an input is made, decided once. */
export function feedMaker(feed: Feed): FeedMaker {
  const { type, shape } = feed;
  const rank = shape.length;
  switch (feed.role) {
    case "ids":
      return (ids, _past, { length }) => filled(type, sequences(rank, length, ids), (i) => ids[i]!);
    case "segments":
      return (ids, _past, { length }) => filled(type, sequences(rank, length, ids), () => 0);
    case "positions":
      return positions(feed);
    case "mask":
      return rank === 4 ? squareMask(feed) : flatMask(feed);
    case "cacheFlag":
      return single(feed, (_length, past) => past > 0 ? 1 : 0);
    case "keptLogits":
      return single(feed, () => 1);
    case "pastLength":
      return single(feed, (_length, past) => past);
    case "totalLength":
      return single(feed, (length, past) => past + length);
    case "lastIndex":
      return single(feed, (length, past) => past + length - 1);
  }
}

function sequences(rank: number, batch: number, ids: Ids): number[] {
  return rank === 1 ? [ids.length] : [batch, ids.length / batch];
}

function single(
  { type, shape }: Feed,
  value: (length: number, past: number) => number,
): FeedMaker {
  const dims = shape.map(() => 1);
  return (ids, past, { length: batch }) =>
    filled(type, dims, () => value(ids.length / batch, past));
}

// Where a token has several positions, such as time, height and width, those of text are equal.
// What is padded counts from its first token; before it stands 1 (transformers, prepare_inputs_for_generation).
function positions({ type, shape }: Feed): FeedMaker {
  const rank = shape.length;
  const rows = rank === 3 && typeof shape[0] === "number" ? shape[0] : 1;
  return (ids, past, padding) => {
    const batch = padding.length;
    const length = ids.length / batch;
    const dims = rank === 3 ? [rows, batch, length] : sequences(rank, batch, ids);
    return filled(type, dims, (i) => {
      const position = past + i % length - padding[Math.floor(i / length) % batch]!;
      return position < 0 ? 1 : position;
    });
  };
}

// One for each token up to now. It is longer than needed, so that a step makes a view, no array.
function flatMask({ type, shape }: Feed): FeedMaker {
  const width = shape[1];
  if (typeof width === "number") {
    return (ids, past) => filled(type, [1, width], (i) => i < past + ids.length ? 1 : 0);
  }
  let ones = zeros(type, 0);
  return (ids, past, padding) => {
    const batch = padding.length;
    const total = past + ids.length / batch;
    const isPadded = padding.some((places) => places > 0);
    if (isPadded) {
      return filled(
        type,
        [batch, total],
        (i) => i % total < padding[Math.floor(i / total)]! ? 0 : 1,
      );
    }
    const size = batch * total;
    if (ones.length < size) ones = filled(type, [Math.max(256, size * 2)], () => 1).data;
    return { type, data: ones.subarray(0, size), dims: [batch, total] };
  };
}

// A row for each token: it may look at itself and what came before. Numbers are added to scores,
// truth values and integers choose (ONNX, operator Attention, attn_mask).
function squareMask({ type, shape }: Feed): FeedMaker {
  const fixed = shape[3];
  const lowest = type === "float16" ? -65504 : -3.4028234663852886e38;
  const [seen, hidden] = type === "float32" || type === "float16" ? [0, lowest] : [1, 0];
  return ({ length }, past) => {
    const width = typeof fixed === "number" ? fixed : past + length;
    return filled(type, [1, 1, length, width], (i) => {
      const row = Math.floor(i / width);
      return i - row * width <= past + row ? seen : hidden;
    });
  };
}
