/**
 * Where the weights of an executed graph lie: in the model's own files, where these hold them as
 * they are, else in the file that the runtime wrote beside the graph.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { byteLengthOf } from "../onnx_types.ts";
import { type Field, ProtoFile } from "../proto_reader.ts";
import { entryOf } from "../onnx_messages.ts";

/** Bytes in a file. */
export interface FileRange {
  /** The file's real path. */
  path: string;
  offset: number;
  length: number;
}

/** A weight: what tells it from others, and where its data lies. */
export interface Weight {
  name: string;
  dims: number[];
  dataType: number;
  /** `null` where its data is not laid out in a file as it is in memory. */
  range: FileRange | null;
}

// Shape inference reads small tensors, such as the target of a Reshape: those stay inside the graph.
const LARGE_BYTES = 1024;

/** Whether a weight is read in place. */
export function isLarge({ range }: Weight): boolean {
  return range !== null && range.length >= LARGE_BYTES;
}

/** The weights of a model file, by what they are called. */
export class WeightPlaces {
  readonly #weights: ReadonlyMap<string, Weight>;

  /** Reads where the initializers of the graph at `path` lie, those of branches left out. */
  constructor(path: string) {
    using file = new ProtoFile(path);
    this.#weights = new Map(
      Array.from(initializers(file), (field) => weightOf(file, field))
        .map((weight) => [weight.name, weight]),
    );
  }

  /** Where the same weight lies; `null` where this model has none: a changed one has a new name. */
  find({ name, dims, dataType, range }: Weight): FileRange | null {
    const own = this.#weights.get(name);
    const isSame = own !== undefined && own.dataType === dataType &&
      `${own.dims}` === `${dims}` && own.range?.length === range?.length;
    return isSame ? own.range : null;
  }

  /** Those that are read in place. */
  large(): Weight[] {
    return [...this.#weights.values()].filter(isLarge);
  }
}

function* initializers(file: ProtoFile): Generator<Field> {
  for (const graph of file.fields()) {
    if (graph.number !== 7 || graph.wire !== 2) continue;
    for (const field of file.fields(graph.start, graph.end)) {
      if (field.number === 5 && field.wire === 2) yield field;
    }
  }
}

/** Reads where the data of one initializer lies. */
export function weightOf(file: ProtoFile, message: Field): Weight {
  const weight: Weight = { name: "", dims: [], dataType: 0, range: null };
  const external = new Map<string, string>();
  let own: Field | null = null;
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1) weight.dims.push(...file.varints(field, 32));
    else if (field.number === 2) weight.dataType = field.value;
    else if (field.number === 8 && field.wire === 2) weight.name = file.text(field);
    else if (field.number === 13 && field.wire === 2) external.set(...entryOf(file, field));
    // float_data, packed, has the layout of raw_data; the integers' varints have not.
    else if ((field.number === 9 || field.number === 4) && field.wire === 2) own = field;
  }
  const location = external.get("location");
  const elements = weight.dims.reduce((product, dim) => product * dim, 1);
  if (location !== undefined) {
    weight.range = {
      path: realPath(join(dirname(file.path), location)),
      offset: Number(external.get("offset") ?? 0),
      length: Number(external.get("length") ?? byteLengthOf(weight.dataType, elements)),
    };
  } else if (own !== null) {
    const path = Deno.realPathSync(file.path);
    weight.range = { path, offset: own.start, length: own.end - own.start };
  }
  return weight;
}

/** The structure of a graph can be read where its data is not. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
