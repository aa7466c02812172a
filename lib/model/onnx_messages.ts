/**
 * Small messages of ONNX files, as several readers and writers meet them. Field numbers are those
 * of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import type { Field, ProtoFile } from "./proto_reader.ts";
import { Message } from "./proto_writer.ts";

/** Takes a field over as it is. */
export function copyField(file: ProtoFile, field: Field, to: Message): void {
  // The largest 64-bit integers, with which slices say "to the end", are no numbers of JavaScript.
  const bytes = file.bytes(field.start, field.end).slice();
  if (field.wire === 2) to.field(field.number, bytes);
  else to.raw(field.number, field.wire, bytes);
}

/** An input or output without a shape: the runtime infers it, but wants the type. */
export function valueMessage({ name, dataType }: { name: string; dataType: number }): Message {
  const type = new Message().field(1, new Message().int(1, dataType));
  return new Message().field(1, name).field(2, type);
}

/** The key and value of an entry, as external data is told. */
export function entryOf(file: ProtoFile, message: Field): [key: string, value: string] {
  let key = "";
  let value = "";
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) key = file.text(field);
    else if (field.number === 2 && field.wire === 2) value = file.text(field);
  }
  return [key, value];
}
