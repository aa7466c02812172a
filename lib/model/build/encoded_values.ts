/**
 * Values of weights that are written in another form than they are kept in.
 *
 * @module
 */
import { DataType } from "../onnx_types.ts";
import { conversion } from "./float_conversion.ts";
import type { WeightSpec } from "./graph_spec.ts";
import type { WeightValues } from "./random_weights.ts";

/** Gives the weights of a graph, encoded where the graph says so, from the values of what they encode. */
export function encodedValues(values: WeightValues): WeightValues {
  return (weight) => {
    const { encoding } = weight;
    if (encoding === null) return values(weight);
    return encoding.encode(() => floats(values(encoding.source), encoding.source));
  };
}

/** What has to be read for the weights of a graph, each once. */
export function sourcesOf(weights: readonly WeightSpec[]): WeightSpec[] {
  return [...new Set(weights.map((weight) => weight.encoding?.source ?? weight))];
}

function* floats(pieces: Iterable<Uint8Array>, { dataType }: WeightSpec): Generator<Float32Array> {
  const table = dataType === DataType.FLOAT16 ? conversion("F16", false) : null;
  let room = new Uint32Array(0);
  for (const { buffer, byteOffset, byteLength } of pieces) {
    if (table === null) {
      yield new Float32Array(buffer, byteOffset, byteLength / 4);
      continue;
    }
    const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
    if (room.length < halves.length) room = new Uint32Array(halves.length);
    for (let i = 0; i < halves.length; i++) room[i] = table[halves[i]!]!;
    yield new Float32Array(room.buffer, 0, halves.length);
  }
}
