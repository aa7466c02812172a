/**
 * Weights that lie in files beside the graph: present, and long enough.
 *
 * ONNX Runtime's own messages name neither the file's true size nor what to do.
 *
 * @module
 */
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { InputError } from "../errors.ts";
import { allGraphs } from "./architecture.ts";
import { statOrNull } from "./files.ts";
import type { OnnxModel, TensorInfo } from "./onnx_reader.ts";

/** Refuses a model whose weights are not all there. */
export function checkExternalData(onnx: OnnxModel): void {
  const sizes = new Map<string, number>();
  for (const tensor of allGraphs(onnx.graph).flatMap((graph) => graph.initializers)) {
    if (tensor.external === null) continue;
    const { location } = tensor.external;
    if (!sizes.has(location)) sizes.set(location, sizeOf(onnx.path, location));
    checkRange(onnx.path, tensor, sizes.get(location)!);
  }
}

function sizeOf(onnxPath: string, location: string): number {
  const inside = normalize(location);
  if (location === "" || isAbsolute(inside) || inside.split(sep)[0] === "..") {
    throw new InputError(
      `Cannot load "${onnxPath}": its weights lie outside of its folder, in "${location}"`,
      { remedy: "export it again with its weights beside it" },
    );
  }
  const path = join(dirname(onnxPath), location);
  const stat = statOrNull(path);
  if (stat === null) {
    const isLink = linked(path);
    throw new InputError(
      `Cannot load "${onnxPath}": its weights file "${location}" is ${
        isLink ? "a link to a file that is not there" : "missing"
      }`,
      { remedy: `${isLink ? "download it again" : "copy or download it"} into the same folder` },
    );
  }
  if (!stat.isFile) {
    throw new InputError(`Cannot load "${onnxPath}": its weights "${location}" are no plain file`, {
      remedy: "copy or download the file into the same folder",
    });
  }
  // In the hub's cache both files are links into one folder; ONNX Runtime follows those only.
  const [home, real] = [dirname(Deno.realPathSync(onnxPath)), Deno.realPathSync(path)];
  const folder = Deno.realPathSync(dirname(onnxPath));
  if (![home, folder].some((allowed) => real.startsWith(allowed + sep))) {
    throw new InputError(
      `Cannot load "${onnxPath}": its weights file "${location}" is a link out of its folder, which ONNX Runtime refuses`,
      { remedy: "copy or hard-link the weights beside the graph, or link both into one folder" },
    );
  }
  return stat.size;
}

function linked(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

function checkRange(onnxPath: string, tensor: TensorInfo, size: number): void {
  const { location, offset, length } = tensor.external!;
  const bytes = length ?? tensor.byteLength;
  if (![offset, bytes].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw new InputError(
      `Cannot load "${onnxPath}": the weight "${tensor.name}" is said to have ${bytes} bytes at ${offset}`,
      { remedy: "the file is damaged; copy, download or build it again" },
    );
  }
  if (bytes < tensor.byteLength) {
    throw new InputError(
      `Cannot load "${onnxPath}": the weight "${tensor.name}" has ${bytes} bytes where its shape [${tensor.dims}] takes ${tensor.byteLength}`,
      { remedy: "the file is damaged; copy, download or build it again" },
    );
  }
  if (offset + bytes > size) {
    throw new InputError(
      `Cannot load "${onnxPath}": the weight "${tensor.name}" ends at byte ${
        offset + bytes
      }, "${location}" has ${size}`,
      { remedy: "the weights file is truncated; copy, download or build it again" },
    );
  }
}
