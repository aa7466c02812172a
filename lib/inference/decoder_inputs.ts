/**
 * What a decoder wants to be fed: its signature, read from its inputs and outputs, or refused.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { InputNames } from "../model/mod.ts";
import { visibleText } from "../safe_text.ts";
import {
  type CacheSlot,
  cacheSlot,
  type HeadSizes,
  type TensorDescription,
} from "./cache_slots.ts";
import { bytesOf, type HostType, sizeOf } from "./host_tensor.ts";
import { type InputRole, refusalOf, roleOf } from "./input_roles.ts";

/** What must be known of a model to run it; a `Model` is one. */
export interface ModelFacts {
  /** The graph's file. */
  onnxPath: string;
  /** Names by its configuration. */
  inputNames: InputNames | null;
  /** Tokens that the layers with a window look back. */
  slidingWindow: number | null;
  /** Tokens that prompt and answer may take together. */
  contextLength: number | null;
  /** Sizes of its heads. */
  features: HeadSizes;
}

/** An input that is made anew for each pass. */
export interface Feed {
  name: string;
  role: Exclude<InputRole, "cache">;
  type: HostType;
  shape: readonly (number | string)[];
}

/** What a decoder wants to be fed, and what it gives. */
export interface DecoderInputs {
  feeds: Feed[];
  cache: CacheSlot[];
  logits: string;
  /**
   * How a prompt may be cut: into passes of several tokens, if the graph proves to continue a cache
   * with them; not at all, since its cache is filled up or a state; or into single tokens, since it
   * takes no more.
   */
  prefillBy: "chunk" | "whole" | "token";
  /** Tokens that the cache can hold; `null` where nothing bounds it. */
  capacity: number | null;
}

const INTEGERS: readonly string[] = ["int32", "int64"];
const MASKS: readonly string[] = ["int32", "int64", "bool", "float32", "float16"];

/** Reads a decoder's signature; `InputError` where it is not one that can be run token by token. */
export function decoderInputs(
  facts: ModelFacts,
  inputs: readonly TensorDescription[],
  outputs: readonly TensorDescription[],
): DecoderInputs {
  const refuse = (problem: string, remedy = EXPORT_AGAIN) =>
    new InputError(`Cannot run "${facts.onnxPath}" token by token: ${visibleText(problem)}`, {
      remedy,
    });
  const feeds: Feed[] = [];
  const past: TensorDescription[] = [];
  for (const input of inputs) {
    const role = roleOf(input.name, facts.inputNames);
    if (role === null) {
      const known = refusalOf(input.name);
      throw refuse(
        `its input "${input.name}" ${known?.problem ?? "is of no known kind"}`,
        known?.remedy,
      );
    }
    if (role === "cache") past.push(input);
    else {
      const problem = feedProblem(input, role);
      if (problem !== null) throw refuse(`its input "${input.name}" ${problem}`);
      feeds.push({ ...input, role, type: input.type as HostType });
    }
  }
  const ids = feeds.find((feed) => feed.role === "ids");
  if (ids === undefined) throw refuse('it has no input "input_ids"');
  if (past.length === 0) throw refuse("it has no KV cache (past_key_values)");

  const isStatic = feeds.some(({ name }) => /^(write_indices|nonpad_kv_seqlen)$/.test(name));
  const cache = past.map((input) => {
    const slot = cacheSlot(input, outputs, facts.inputNames, facts.features, isStatic);
    if (typeof slot === "string") throw refuse(slot);
    return slot;
  });
  const cacheBytes = cache.reduce((sum, slot) => sum + leastBytes(slot), 0);
  if (cacheBytes > MOST_CACHE_BYTES) {
    throw refuse(
      `its cache takes ${Math.round(cacheBytes / 2 ** 30)} GiB`,
      "export it for a shorter context, or with a cache that grows",
    );
  }
  const buffer = cache.find((slot) => slot.kind === "buffer");
  if (buffer !== undefined && feeds.every(({ role }) => !TELLS_LENGTH.has(role))) {
    throw refuse(`no input tells how much of its cache "${buffer.input}" is filled`);
  }
  const logits = outputs.find(({ name }) => name === (facts.inputNames?.logits ?? "logits")) ??
    outputs.find(({ name }) => name === "logits");
  if (logits === undefined) throw refuse('it has no output "logits"');
  if (logits.type !== "float32" && logits.type !== "float16") {
    throw refuse(`its logits are of type ${logits.type}, which ${BINDING} cannot read`);
  }
  return {
    feeds,
    cache,
    logits: logits.name,
    prefillBy: ids.shape.at(-1) === 1
      ? "token"
      : cache.every(({ kind }) => kind === "grows")
      ? "chunk"
      : "whole",
    capacity: capacityOf(facts, feeds, cache),
  };
}

// What a file declares is not to fill the memory before it is found to be wrong.
const MOST_TOKENS = 2 ** 24;
const MOST_CACHE_BYTES = 16 * 2 ** 30;

const BINDING = "onnxruntime-node";
const EXPORT_AGAIN = "export the decoder with its KV cache (optimum: text-generation-with-past)";
const TELLS_LENGTH: ReadonlySet<InputRole> = new Set(
  ["mask", "positions", "pastLength", "totalLength", "lastIndex"],
);

function feedProblem({ type, shape }: TensorDescription, role: InputRole): string | null {
  const rank = shape.length;
  const types = role === "cacheFlag" ? ["bool"] : role === "mask" ? MASKS : INTEGERS;
  if (!types.includes(type)) return `is of type ${type}, not ${types.join(" or ")}`;
  const asShown = `has the shape [${shape.join(", ")}]`;
  switch (role) {
    case "ids":
    case "segments": {
      const [batch, length] = rank === 2 ? shape : rank === 1 ? [1, shape[0]] : [0, 0];
      if (typeof batch === "number" && batch !== 1) return `${asShown}: not one text at a time`;
      if (typeof length !== "number" || length === 1) return null;
      return `${asShown}: only passes of just ${length} tokens`;
    }
    case "positions": // Qwen2-VL counts time, height and width: [3, batch, tokens]
      if (rank < 1 || rank > 3) return asShown;
      return rank < 3 || typeof shape[0] === "string" || isWithin(shape[0]!, 4) ? null : asShown;
    case "mask": {
      const width = shape.at(-1)!;
      const isKnown = typeof width === "string" || isWithin(width, MOST_TOKENS);
      return (rank === 2 || rank === 4) && isKnown ? null : asShown;
    }
    default:
      return sizeOf(shape.map((dim) => typeof dim === "number" ? dim : 1)) === 1 ? null : asShown;
  }
}

// Of a buffer whose length is open, one token.
function leastBytes({ kind, type, dims }: CacheSlot): number {
  return sizeOf(kind === "buffer" ? dims.map((dim) => dim || 1) : dims) * bytesOf(type);
}

function isWithin(size: number, most: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= most;
}

function capacityOf(
  { slidingWindow }: ModelFacts,
  feeds: readonly Feed[],
  cache: readonly CacheSlot[],
): number | null {
  const limits = cache.flatMap(({ kind, dims, axis }) =>
    kind === "buffer" && axis !== null && dims[axis]! > 0 ? [dims[axis]!] : []
  );
  for (const { role, shape } of feeds) {
    if (role !== "mask") continue;
    const width = shape.at(-1);
    if (typeof width === "number") limits.push(width);
    // Which layers have the window, a mask for all of them cannot say.
    if (shape.length === 4 && slidingWindow !== null) limits.push(slidingWindow);
  }
  return limits.length === 0 ? null : Math.min(...limits);
}
