import { byteLengthOf } from "../onnx_types.ts";
import { Message } from "../proto_writer.ts";
import { valueMessage } from "../onnx_messages.ts";
import type { CutTensor } from "./part_bytes.ts";

/**
 * A model with given inputs and one output that is the same in every run: what is handed in and out
 * of a cut component, without the work. Field numbers are those of onnx.proto3.
 *
 * @param output its shape, too, as a real run has put it out
 */
export function emptyModel(
  inputs: readonly CutTensor[],
  output: CutTensor & { dims: readonly number[] },
): Uint8Array<ArrayBuffer> {
  const graph = new Message().field(1, constantMessage(output)).field(2, "empty");
  for (const tensor of inputs) graph.field(11, valueMessage(tensor));
  graph.field(5, shapeMessage(output.dims)).field(12, valueMessage(output));
  return new Message()
    .int(1, 8) // ir_version
    .field(7, graph)
    .field(8, new Message().field(1, "").int(2, 17)) // opset_import
    .bytes();
}

function constantMessage({ name, dataType }: CutTensor): Message {
  const bytes = new Uint8Array(byteLengthOf(dataType, 1) ?? 0);
  const zero = new Message().int(1, 1).int(2, dataType).field(9, bytes);
  const value = new Message().field(1, "value").field(5, zero).int(20, 4); // type TENSOR
  return new Message().field(1, SHAPE).field(2, name).field(3, "empty").field(4, "ConstantOfShape")
    .field(5, value);
}

const SHAPE = "empty/shape";

function shapeMessage(dims: readonly number[]): Message {
  const bytes = new Uint8Array(BigInt64Array.from(dims, BigInt).buffer);
  return new Message().int(1, dims.length).int(2, 7).field(8, SHAPE).field(9, bytes);
}
