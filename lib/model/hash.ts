/**
 * What tells two models of one name apart, without reading their weights.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { allGraphs } from "./architecture.ts";
import { statOrNull } from "./files.ts";
import { type GraphInfo, readOnnx } from "./onnx_reader.ts";

/**
 * SHA-256 over a model's structure, and over size and time of change of the files of its weights:
 * weights that were changed without changing either are not told apart
 * (docs/decisions/store-what-a-run-knows.md says why).
 *
 * @param onnxPath the graph's file
 * @returns `"sha256:…"`
 * @throws {InputError} where it is no whole ONNX file
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel, modelHash } from "@tokenwatt/tokenwatt";
 *
 * const { onnxPath } = await loadModel("models/tinytales");
 * assert.match(modelHash(onnxPath), /^sha256:[0-9a-f]{64}$/);
 * ```
 */
export function modelHash(onnxPath: string): string {
  const { graph } = readOnnx(onnxPath);
  const graphs = allGraphs(graph);
  const hash = createHash("sha256");
  const add = (value: unknown) => hash.update(`${JSON.stringify(value)}\n`);
  for (const one of graphs) addStructure(one, add);
  const beside = graphs.flatMap(({ initializers }) => initializers)
    .flatMap(({ external }) => external === null ? [] : [external.location]);
  const files = [...new Set(beside)].sort().map((name) => [name, join(dirname(onnxPath), name)]);
  // The graph's own name is its variant's, which its precision tells better.
  for (const [name, path] of [["", onnxPath], ...files]) {
    const stat = statOrNull(path!);
    add([name, stat?.size ?? null, stat?.mtime?.getTime() ?? null]);
  }
  return `sha256:${hash.digest("hex")}`;
}

function addStructure(
  { inputs, outputs, initializers, nodes }: GraphInfo,
  add: (value: unknown) => void,
): void {
  add([inputs, outputs]);
  for (const { name, dims, dataType, byteLength, external } of initializers) {
    add([name, dims, dataType, byteLength, external]);
  }
  for (const { name, opType, inputs, outputs, ints } of nodes) {
    add([name, opType, inputs, outputs, [...ints]]);
  }
}
