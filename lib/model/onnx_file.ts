/**
 * The file of an ONNX model, and how much of it is kept at most.
 *
 * @module
 */
import { ProtoFile } from "./proto_reader.ts";

// The largest exports have some 100,000 nodes (one expert of a layer takes about 15); what is far
// beyond is damaged or made to fill the memory.
const MOST_ENTRIES = 400_000;
/** The most dimensions that a tensor or value may have. */
export const MOST_DIMS = 32;

/** A model's file, which counts what is kept of it. */
export class OnnxFile extends ProtoFile {
  #entries = 0;

  /** Counts a node, tensor or value that is kept. */
  admit(): void {
    if (++this.#entries > MOST_ENTRIES) {
      throw this.corrupt(`its graph has more than ${MOST_ENTRIES} parts`);
    }
  }
}
