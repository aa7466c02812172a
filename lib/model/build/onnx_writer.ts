/**
 * Writing an ONNX model: the structure is small and built in memory, weights are streamed through.
 * Field numbers are those of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { AttributeSpec, ConstantSpec, GraphSpec, NodeSpec, ValueSpec } from "./graph_spec.ts";
import type { WeightSpec } from "./graph_spec.ts";
import { byteLengthOf } from "../onnx_types.ts";
import { lengthPrefix, Message } from "../proto_writer.ts";

/** The operator set that graphs are written for; ReduceMean takes its axes as attribute up to 17. */
export const OPSET = 17;
const IR_VERSION = 8; // the one that ONNX 1.12 paired with opset 17
// Mapping a file needs offsets at page boundaries (onnx/docs/ExternalData.md).
const EXTERNAL_ALIGNMENT = 4096;
// Runtimes read small tensors, such as biases and norms, while they optimise: those stay inside.
const EXTERNAL_MIN_BYTES = 1024;

/** What to write and where. */
export interface WriteOptions {
  /** An existing folder; the file is `model.onnx`, and `model.onnx.data` where needed. */
  folder: string;
  producer: string;
  producerVersion: string;
  /** Weights move to the data file when they add up to more than this. */
  externalAboveBytes: number;
  /** The values of a weight in the graph's shape and type, in pieces; each is used at once. */
  values(weight: WeightSpec): Iterable<Uint8Array>;
  signal?: AbortSignal | undefined;
  onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** Writes the model and returns the bytes of its weights and whether they lie in the data file. */
export async function writeOnnx(
  graph: GraphSpec,
  options: WriteOptions,
): Promise<{ weightBytes: number; external: boolean }> {
  const sizes = new Map(graph.weights.map((weight) => [weight, byteLength(weight)]));
  const totalBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const external = totalBytes > options.externalAboveBytes;
  let doneBytes = 0;
  const copy = async (file: Deno.FsFile, weight: WeightSpec): Promise<void> => {
    for (const chunk of options.values(weight)) {
      options.signal?.throwIfAborted();
      if (chunk.byteLength === 0) {
        await new Promise(setImmediate); // Ctrl-C arrives between two turns of the event loop
        continue;
      }
      await writeAll(file, chunk);
      doneBytes += chunk.byteLength;
      options.onProgress?.(doneBytes, totalBytes);
    }
  };

  const offsets = new Map<WeightSpec, number>();
  if (external) {
    using data = await Deno.create(`${options.folder}/model.onnx.data`);
    let offset = 0;
    for (const [weight, bytes] of sizes) {
      if (bytes < EXTERNAL_MIN_BYTES) continue;
      const aligned = Math.ceil(offset / EXTERNAL_ALIGNMENT) * EXTERNAL_ALIGNMENT;
      await writeAll(data, new Uint8Array(aligned - offset));
      offsets.set(weight, aligned);
      await copy(data, weight);
      offset = aligned + bytes;
    }
  }

  const structure = new Message().field(2, "main_graph");
  for (const node of graph.nodes) structure.field(1, nodeMessage(node));
  for (const value of graph.inputs) structure.field(11, valueMessage(value));
  for (const value of graph.outputs) structure.field(12, valueMessage(value));
  const inline: { weight: WeightSpec; head: Uint8Array; bytes: number }[] = [];
  for (const [weight, bytes] of sizes) {
    const tensor = tensorHead(weight.dataType, weight.dims).field(8, weight.name);
    const offset = offsets.get(weight);
    if (offset !== undefined) {
      for (
        const [key, value] of [["location", "model.onnx.data"], ["offset", offset], [
          "length",
          bytes,
        ]]
      ) {
        tensor.field(13, new Message().field(1, String(key)).field(2, String(value)));
      }
      structure.field(5, tensor.int(14, 1)); // data_location = EXTERNAL
      continue;
    }
    const raw = lengthPrefix(9, bytes);
    const length = tensor.byteLength + raw.byteLength + bytes;
    const head = new Uint8Array([...lengthPrefix(5, length), ...tensor.bytes(), ...raw]);
    inline.push({ weight, head, bytes });
  }

  const model = new Message()
    .int(1, IR_VERSION)
    .field(2, options.producer)
    .field(3, options.producerVersion)
    .field(8, new Message().field(1, "").int(2, OPSET));
  for (const domain of new Set(graph.nodes.map((node) => node.domain))) {
    if (domain !== undefined) model.field(8, new Message().field(1, domain).int(2, 1));
  }
  const graphBytes = inline.reduce(
    (sum, part) => sum + part.head.byteLength + part.bytes,
    structure.byteLength,
  );
  using file = await Deno.create(`${options.folder}/model.onnx`);
  await writeAll(file, model.bytes());
  await writeAll(file, lengthPrefix(7, graphBytes));
  await writeAll(file, structure.bytes());
  for (const { weight, head } of inline) {
    await writeAll(file, head);
    await copy(file, weight);
  }
  return { weightBytes: totalBytes, external };
}

function byteLength(weight: WeightSpec): number {
  const elements = weight.dims.reduce((product, dim) => product * dim, 1);
  return byteLengthOf(weight.dataType, elements) ?? 0;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) done += await file.write(bytes.subarray(done));
}

function nodeMessage(node: NodeSpec): Message {
  const message = new Message();
  for (const input of node.inputs) message.field(1, input);
  for (const output of node.outputs) message.field(2, output);
  message.field(3, node.name).field(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    message.field(5, attributeMessage(name, value));
  }
  if (node.domain !== undefined) message.field(7, node.domain);
  return message;
}

function attributeMessage(name: string, value: AttributeSpec): Message {
  const message = new Message().field(1, name);
  if (typeof value === "number") return message.int(3, value).int(20, 2); // type INT
  if (isList(value)) return message.ints(8, value).int(20, 7); // type INTS
  const tensor = tensorHead(value.dataType, value.dims).field(9, value.data);
  return message.field(5, tensor).int(20, 4); // type TENSOR
}

function isList(value: readonly number[] | ConstantSpec): value is readonly number[] {
  return Array.isArray(value);
}

function tensorHead(dataType: number, dims: readonly number[]): Message {
  return new Message().ints(1, dims).int(2, dataType);
}

function valueMessage(value: ValueSpec): Message {
  const shape = new Message();
  for (const dim of value.dims) {
    const size = new Message();
    shape.field(1, typeof dim === "number" ? size.int(1, dim) : size.field(2, dim));
  }
  const tensorType = new Message().int(1, value.dataType).field(2, shape);
  return new Message().field(1, value.name).field(2, new Message().field(1, tensorType));
}
