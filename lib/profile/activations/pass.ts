/**
 * What a forward pass hands to whoever records it.
 *
 * @module
 */
import type { TappedTensor } from "../../inference/mod.ts";

/** The tensors of a pass, by output. */
export type Tensors = ReadonlyMap<string, TappedTensor>;

/** A metric of one place in the model. A token may take several passes. */
export interface Recorder<Columns> {
  /** Adds a pass to the current token. */
  add(tensors: Tensors): void;
  /** Ends the current token. */
  endToken(): void;
  /** All tokens that have ended. */
  columns(): Columns;
}

/** A tensor of numbers; an empty one where the pass has none of that name. */
export function numbers(
  tensors: Tensors,
  name: string | null,
): TappedTensor & { data: Float32Array } {
  const tensor = name === null ? undefined : tensors.get(name);
  if (tensor?.data instanceof Float32Array) return { data: tensor.data, dims: tensor.dims };
  return { data: new Float32Array(0), dims: [0] };
}
