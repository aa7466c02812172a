/**
 * The files that hold a model's weights.
 *
 * @module
 */
import { basename, dirname, join, relative, sep } from "node:path";
import { entryOf } from "./onnx_messages.ts";
import type { Field, ProtoFile } from "./proto_reader.ts";

/**
 * Where weights really lie. A Hugging Face cache keeps links to files elsewhere, and ONNX Runtime
 * follows none out of the model's folder ("escapes model directory"): all locations are told from
 * the files' real places, relative to the folder that holds all of them.
 */
export class WeightFiles {
  /** Holds all of them, at some depth. */
  readonly folder: string;
  /** The model file itself, relative to `folder`. */
  readonly own: string;
  #real = new Map<string, string>();

  /** Finds the files that the model `file` names, and its own. */
  constructor(file: ProtoFile) {
    const own = Deno.realPathSync(file.path);
    for (const location of locations(file)) {
      this.#real.set(location, Deno.realPathSync(join(dirname(file.path), location)));
    }
    this.folder = commonFolder([own, ...this.#real.values()]);
    this.own = this.#relative(own);
  }

  /** What the model file calls `location`, relative to `folder`. */
  locate(location: string): string {
    return this.#relative(this.#real.get(location)!);
  }

  #relative(path: string): string {
    return relative(this.folder, path).replaceAll(sep, "/") || basename(path);
  }
}

/** The deepest folder that holds all of `paths`. */
export function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0]!);
  while (!paths.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return folder;
}

function locations(file: ProtoFile): Set<string> {
  const found = new Set<string>();
  const visit = (graph: Field) => {
    for (const field of file.fields(graph.start, graph.end)) {
      if (field.wire !== 2) continue;
      if (field.number === 5) {
        for (const part of file.fields(field.start, field.end)) {
          if (part.number !== 13 || part.wire !== 2) continue;
          const [key, value] = entryOf(file, part);
          if (key === "location") found.add(value);
        }
      } else if (field.number === 1) {
        for (const branch of branches(file, field)) visit(branch);
      }
    }
  };
  for (const field of file.fields()) if (field.number === 7 && field.wire === 2) visit(field);
  return found;
}

function* branches(file: ProtoFile, node: Field): Generator<Field> {
  for (const attribute of file.fields(node.start, node.end)) {
    if (attribute.number !== 5 || attribute.wire !== 2) continue;
    for (const part of file.fields(attribute.start, attribute.end)) {
      if (part.number === 6 && part.wire === 2) yield part;
    }
  }
}
