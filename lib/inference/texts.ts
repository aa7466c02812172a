/**
 * The texts that a session has under way, and the room that their cache is given.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { DecoderInputs, ModelFacts } from "./decoder_inputs.ts";
import { bytesOf, type HostTensor, type HostType, sizeOf, zeros } from "./host_tensor.ts";
import type { Kept } from "./runner.ts";

/** Room of a static cache whose length is free, where nobody says how much is needed. */
const DEFAULT_ROOM = 2048;

/** A text under way, or several of them at once. */
export interface Texts {
  /** For each of them, how many of its first places hold nothing. */
  padding: readonly number[];
  cache: Kept[];
  pastLength: number;
  room: number;
  /** Whether a layer's cache has left out what lies before its window: the trial was too short for that. */
  hasDropped: boolean;
}

/** Texts before their first token: with an empty cache, whose parts `keep` takes in. */
export function beginTexts(
  model: ModelFacts,
  { cache, capacity }: DecoderInputs,
  padding: readonly number[],
  asked: number | undefined,
  keep: (tensor: HostTensor) => Kept,
): Texts {
  const free = asked ?? Math.min(model.contextLength ?? Infinity, DEFAULT_ROOM);
  let room = capacity ?? Infinity;
  const kept: Kept[] = [];
  for (const { type, kind, dims, axis, batchAxis } of cache) {
    const isFree = kind === "buffer" && axis !== null && dims[axis] === 0;
    if (isFree) room = Math.min(room, free);
    const one = isFree ? dims.with(axis, free) : dims;
    const shape = batchAxis === null ? one : one.with(batchAxis, one[batchAxis]! * padding.length);
    kept.push(keep({ type, data: allocate(model, type, shape), dims: shape }));
  }
  return { padding, cache: kept, pastLength: 0, room, hasDropped: false };
}

/**
 * Notes what a pass has left in the cache. Whether it holds what it must is seen here, before it can
 * lead to wrong answers.
 *
 * @throws {InputError} where the graph hands on less than the text so far
 */
export function checkCache(
  model: ModelFacts,
  { cache }: DecoderInputs,
  texts: Texts,
  kept: readonly Kept[],
  total: number,
): void {
  for (let i = 0; i < cache.length; i++) {
    const slot = cache[i]!;
    const { dims } = kept[i]!;
    const before = texts.cache[i]!.dims;
    const isWhole = slot.kind === "grows"
      ? isLength(model, texts, dims[slot.axis!]!, total)
      : dims.every((dim, axis) => dim === before[axis]);
    if (!isWhole) {
      throw new InputError(
        `Cannot run "${model.onnxPath}" token by token: after ${total} tokens its cache ` +
          `"${slot.output}" has the shape [${dims.join(", ")}]`,
        { remedy: "export the decoder with a cache that its passes can hand on" },
      );
    }
  }
}

/** The refusal of a pass after which the cache would be more than full. */
export function beyondRoom({ onnxPath }: ModelFacts, total: number, room: number): InputError {
  return new InputError(
    `Cannot run ${total} tokens: the cache of "${onnxPath}" holds ${room}`,
    { remedy: `use at most ${room} tokens of prompt and answer together` },
  );
}

// Layers with a window may drop what lies before it: all of it but the token to come.
function isLength(
  { slidingWindow }: ModelFacts,
  texts: Texts,
  length: number,
  total: number,
): boolean {
  if (length === total) return true;
  texts.hasDropped = true;
  return slidingWindow !== null && length < total &&
    length >= Math.min(total, slidingWindow - 1);
}

function allocate(
  { onnxPath }: ModelFacts,
  type: HostType,
  dims: readonly number[],
): HostTensor["data"] {
  try {
    return zeros(type, sizeOf(dims));
  } catch (cause) { // a RangeError: nothing else can go wrong with zeros
    throw new InputError(
      `Cannot make room for a cache of the shape [${dims.join(", ")}], which the graph of ` +
        `"${onnxPath}" asks for`,
      { remedy: "generate fewer tokens, or export it with a cache that grows", cause },
    );
  }
}

/** Bytes that a cache takes. */
export function cacheBytes({ cache: parts }: DecoderInputs, cache: readonly Kept[]): number {
  return cache.reduce((sum, { dims }, at) => sum + sizeOf(dims) * bytesOf(parts[at]!.type), 0);
}
