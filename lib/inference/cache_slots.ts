/**
 * The parts of a decoder's cache: which output continues which input, and what its axes count.
 *
 * @module
 */
import type { InputNames } from "../model/mod.ts";
import type { HostType } from "./host_tensor.ts";
import { layerOf } from "./input_roles.ts";

/** An input or output as the runtime describes it; dimensions are numbers or names. */
export interface TensorDescription {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

/** Sizes that give names of axes a value. */
export interface HeadSizes {
  numHeads: number | null;
  numKvHeads: number | null;
  headDim: number | null;
}

/** A part of the cache. */
export interface CacheSlot {
  input: string;
  /** The output that is the next pass's input. */
  output: string;
  type: HostType;
  /**
   * `grows`: every pass appends its tokens. `buffer`: of a fixed length, filled up bit by bit.
   * `state`: what convolutions and recurrent layers remember, always as large.
   */
  kind: "grows" | "buffer" | "state";
  /** Its shape before the first token; 0 where it grows, and where a buffer's length is free. */
  dims: number[];
  /** The axis that counts tokens; `null` for a state. */
  axis: number | null;
  /** The axis that counts sequences; `null` where it is for one only. */
  batchAxis: number | null;
}

const TYPES: readonly string[] = ["float32", "float16", "int8", "uint8"];

/**
 * Reads one part of the cache.
 *
 * @returns the slot, or what is wrong with it
 */
export function cacheSlot(
  input: TensorDescription,
  outputs: readonly TensorDescription[],
  names: InputNames | null,
  sizes: HeadSizes,
  isStatic: boolean,
): CacheSlot | string {
  const candidates = continuations(input.name, names);
  const output = candidates.map((name) => outputs.find((output) => output.name === name))
    .find((output) => output !== undefined);
  if (output === undefined) {
    return `no output continues the cache input "${input.name}"`;
  }
  if (!TYPES.includes(input.type)) {
    return `its cache input "${input.name}" is of type ${input.type}`;
  }
  if (output.type !== input.type) {
    return `the cache goes in as ${input.type} "${input.name}" and comes out as ${output.type} "${output.name}"`;
  }
  const axes = readAxes(input, sizes);
  if (axes === null) {
    return `the shape [${
      input.shape.join(", ")
    }] of its cache input "${input.name}" is not understood`;
  }
  const { dims, open } = axes;
  const batch = batchAxis(input.shape);
  const common = {
    input: input.name,
    output: output.name,
    type: input.type as HostType,
    dims,
    batchAxis: typeof input.shape[batch] === "string" && batch !== open ? batch : null,
  };
  if (/conv|ssm|recurrent|state/.test(input.name)) {
    if (open !== null) return `the size of its state "${input.name}" is not known`;
    return { ...common, kind: "state", axis: null };
  }
  if (open !== null) return { ...common, kind: isStatic ? "buffer" : "grows", axis: open };
  const slot: CacheSlot = { ...common, kind: "buffer", axis: tokenAxis(dims, sizes) };
  if (output.shape.some((dim, axis) => typeof dim === "number" && dim !== dims[axis])) {
    return `its cache goes in as [${dims.join(", ")}] "${input.name}" and comes out as [${
      output.shape.join(", ")
    }] "${output.name}", so it cannot be handed on`;
  }
  return slot;
}

// past_key_values → present (optimum), past → present (onnxruntime.transformers), updated_ (mobius).
function continuations(name: string, names: InputNames | null): string[] {
  const pairs: [string | null | undefined, string | null | undefined][] = [
    [names?.pastKey, names?.presentKey],
    [names?.pastValue, names?.presentValue],
    [names?.past, names?.present],
  ];
  const told = pairs.flatMap(([past, present]) => {
    const layer = layerOf(name, past);
    return layer !== null && typeof present === "string" ? [present.replace("%d", layer)] : [];
  });
  return [
    ...told,
    name.replace("past_key_values", "present"),
    name.replace("past", "present"),
    `updated_${name}`,
    `new_${name}`,
    `${name}_out`,
    name.replace("past", "new"),
    name.replace("past", "updated"),
  ].filter((candidate) => candidate !== name);
}

/** Sizes of all axes, and which of them counts tokens, where that has no fixed size. */
function readAxes(
  { shape }: TensorDescription,
  sizes: HeadSizes,
): { dims: number[]; open: number | null } | null {
  const rank = shape.length;
  if (rank < 2 || shape.some((dim) => typeof dim === "number" && !(dim >= 1))) return null;
  const batch = batchAxis(shape);
  const known = shape.map((dim, axis) =>
    typeof dim === "number" ? dim : axis === batch ? batchSize(dim, sizes) : namedSize(dim, sizes)
  );
  let open = known.flatMap((size, axis) => size === null ? [axis] : []);
  if (open.length > 1) {
    const counting = open.filter((axis) => /past|seq|len|ctx|context/i.test(`${shape[axis]}`));
    const usual = usualTokenAxis(rank);
    const chosen = counting.length === 1 ? counting[0]! : open.includes(usual) ? usual : null;
    if (chosen === null) return null;
    // [batch, heads, tokens, width], whatever its axes are called.
    if (rank === 4 && chosen === 2) {
      known[1] ??= sizes.numKvHeads;
      known[3] ??= sizes.headDim;
    }
    open = open.filter((axis) => axis === chosen || known[axis] === null);
    if (open.length > 1) return null;
  }
  return { dims: known.map((size) => size ?? 0), open: open[0] ?? null };
}

// The first axis without a fixed size, where none is called so.
function batchAxis(shape: readonly (number | string)[]): number {
  const named = shape.findIndex((dim) => typeof dim === "string" && /batch/i.test(dim));
  if (named !== -1) return named;
  if (typeof shape[0] === "string") return 0;
  return shape.length === 5 && typeof shape[1] === "string" ? 1 : -1;
}

// BLOOM: "batch_size x num_heads".
function batchSize(name: string, { numHeads }: HeadSizes): number {
  return /head/i.test(name) ? numHeads ?? 1 : 1;
}

function namedSize(name: string, { numHeads, numKvHeads, headDim }: HeadSizes): number | null {
  if (/head_?(dim|size)/i.test(name)) return headDim;
  return /heads/i.test(name) ? numKvHeads ?? numHeads : null;
}

// [B, heads, tokens, width], [2, B, heads, tokens, width], [B, tokens, heads × width].
function usualTokenAxis(rank: number): number {
  return rank === 4 ? 2 : rank === 5 ? 3 : 1;
}

function tokenAxis(dims: readonly number[], { numKvHeads, headDim }: HeadSizes): number {
  const isTokensFirst = dims.length === 4 && dims[2] === numKvHeads && dims[1] !== numKvHeads &&
    (headDim === null || dims[3] === headDim);
  return isTokensFirst ? 1 : usualTokenAxis(dims.length);
}
