/**
 * Writing protocol buffers: a message is a list of fields that knows its length.
 *
 * @module
 */
const utf8 = new TextEncoder();

/** The bytes of a varint; negative numbers as 64-bit two's complement. */
export function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  if (value < 0) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    return bytes;
  }
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** The tag and length that precede a length-delimited payload of `byteLength` bytes. */
export function lengthPrefix(field: number, byteLength: number): Uint8Array {
  return new Uint8Array([...varintBytes(field * 8 + 2), ...varintBytes(byteLength)]);
}

/** A message under construction; every method returns the message. */
export class Message {
  #parts: Uint8Array[] = [];
  /** Bytes written so far. */
  byteLength = 0;

  /** Appends an integer field. */
  int(field: number, value: number): this {
    return this.#push(new Uint8Array([...varintBytes(field * 8), ...varintBytes(value)]));
  }

  /** Appends a repeated integer field, one by one, as onnx.proto (proto2) declares them. */
  ints(field: number, values: readonly number[]): this {
    for (const value of values) this.int(field, value);
    return this;
  }

  /** Appends a field that has no length of its own, by its bytes: wire 0, 1 or 5. */
  raw(field: number, wire: number, bytes: Uint8Array): this {
    return this.#push(new Uint8Array([...varintBytes(field * 8 + wire), ...bytes]));
  }

  /** Appends text, bytes or a message. */
  field(field: number, content: string | Uint8Array | Message): this {
    const bytes = typeof content === "string" ? utf8.encode(content) : content;
    this.#push(lengthPrefix(field, bytes.byteLength));
    if (!(bytes instanceof Message)) return this.#push(bytes);
    for (const part of bytes.#parts) this.#push(part);
    return this;
  }

  /** All fields as one array. */
  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.byteLength);
    let position = 0;
    for (const part of this.#parts) {
      all.set(part, position);
      position += part.byteLength;
    }
    return all;
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.byteLength += part.byteLength;
    return this;
  }
}
