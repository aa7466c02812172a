/**
 * The inputs of exported decoders, by the names and shapes that exporters give them. The rules
 * covered every one of 30 exports that were tried (shared notes on ONNX Runtime, section 1).
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** An input as the runtime describes it; dimensions are numbers or names. */
export interface InputDescription {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

/** A part of the KV cache: an input, the output that continues it, and its shape when empty. */
export interface CacheSlot {
  input: string;
  output: string;
  type: string;
  emptyDims: number[];
}

/** What a decoder wants to be fed. */
export interface DecoderInputs {
  idsType: "int32" | "int64";
  /** `null` where the graph has no such input. */
  maskType: "int32" | "int64" | null;
  positionsType: "int32" | "int64" | null;
  /** Merged decoders choose between two branches by a flag. */
  hasCacheFlag: boolean;
  cache: CacheSlot[];
}

/** Sorts a decoder's inputs; `InputError` where one is of no known kind or the cache is missing. */
export function decoderInputs(
  onnxPath: string,
  inputs: readonly InputDescription[],
  outputNames: readonly string[],
): DecoderInputs {
  const found: DecoderInputs = {
    idsType: "int64",
    maskType: null,
    positionsType: null,
    hasCacheFlag: false,
    cache: [],
  };
  for (const { name, type, shape } of inputs) {
    const integer = type === "int32" ? "int32" : "int64";
    if (name === "input_ids") found.idsType = integer;
    else if (name === "attention_mask") found.maskType = integer;
    else if (name === "position_ids") found.positionsType = integer;
    else if (name === "use_cache_branch") found.hasCacheFlag = true;
    else if (/^past/.test(name)) {
      const output = [
        name.replace("past_key_values", "present"),
        name.replace("past", "present"),
      ].find((candidate) => outputNames.includes(candidate));
      if (output === undefined) {
        throw refuse(onnxPath, `no output continues the cache input "${name}"`);
      }
      found.cache.push({ input: name, output, type, emptyDims: emptyDims(shape) });
    } else throw refuse(onnxPath, `its input "${name}" is of no known kind`);
  }
  if (!inputs.some((input) => input.name === "input_ids")) {
    throw refuse(onnxPath, 'it has no input "input_ids"');
  }
  if (found.cache.length === 0) throw refuse(onnxPath, "it has no KV cache (past_key_values)");
  if (!outputNames.includes("logits")) throw refuse(onnxPath, 'it has no output "logits"');
  return found;
}

// The first axis without a fixed size is the batch, all others count tokens of the past.
function emptyDims(shape: readonly (number | string)[]): number[] {
  const named = shape.findIndex((dim) => typeof dim === "string" && /batch/i.test(dim));
  const first = typeof shape[0] === "number" ? -1 : 0;
  const batch = named === -1 ? first : named;
  return shape.map((dim, axis) => typeof dim === "number" ? dim : axis === batch ? 1 : 0);
}

function refuse(onnxPath: string, problem: string): InputError {
  return new InputError(`Cannot run "${onnxPath}" token by token: ${problem}`, {
    remedy: "export the decoder with its KV cache (optimum: text-generation-with-past)",
  });
}
