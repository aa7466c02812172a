/**
 * What ONNX Runtime reports, in one line, with what to do about it.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { visibleText } from "../safe_text.ts";

// Its messages have no codes that reach JavaScript; the words are those of version 1.30.
const REMEDIES: readonly [RegExp, string][] = [
  [
    /bfloat16|unsupported data type/i,
    "onnxruntime-node cannot pass such tensors; use a variant with fp32 or fp16 inputs and outputs",
  ],
  [
    /protobuf parsing failed|does not have a graph/i,
    "the file is cut or no ONNX model; copy or download it again",
  ],
  [
    /external data|external initializer|out of bounds|can not be read in full|mapp?ed file|file_size/i,
    "its weights file is missing or cut; copy or download it again, into the same folder",
  ],
  [/element out of data bounds/i, "an id, or its place in the text, is more than the model knows"],
  [
    /could not find an implementation|no opset import|not_implemented|is not a registered|no op registered|unrecognized operator/i,
    "this operator or type has no CPU kernel in ONNX Runtime 1.30; use a variant for the CPU, such as fp32",
  ],
  [
    /opset|ir[_ ]version/i,
    "export it for ONNX Runtime 1.30 or older",
  ],
  [/acyclic|invalid model|type error/i, "the graph was put together wrong; export it again"],
  [
    /adapter|webgpu|vulkan|cuda|coreml/i,
    "no device for this execution provider was found here, or it refuses the model; run on cpu",
  ],
  [
    /alloc|memory/i,
    "free memory, or use a smaller variant, a shorter prompt, or in a program a smaller prefillChunk",
  ],
];

/** The `InputError` for a model that the runtime does not load. */
export function loadFailure(onnxPath: string, cause: unknown): InputError {
  const said = firstLine(cause);
  return new InputError(`ONNX Runtime cannot load "${onnxPath}": ${said}`, {
    remedy: remedyFor(said) ??
      "check that the model is whole and made for ONNX Runtime 1.30 or older",
    cause,
  });
}

/** The `InputError` for a pass that failed: what was fed is as the graph declares it. */
export function runFailure(length: number, past: number, cause: unknown): InputError {
  const said = firstLine(cause);
  return new InputError(`ONNX Runtime failed on ${length} tokens after ${past}: ${said}`, {
    remedy: remedyFor(said) ??
      "check that the ids belong to this model and that its graph is a decoder as exported",
    cause,
  });
}

function remedyFor(said: string): string | undefined {
  return REMEDIES.find(([pattern]) => pattern.test(said))?.[1];
}

// Where in its own source it failed is for its developers; names in it may hold anything.
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.trim().split("\n")[0]!
    .replace(/^Load model from .*? failed:/, "")
    .replace(/^Exception during initialization: /, "")
    .replace(/\/onnxruntime_src\/\S+ [^(]*\([^)]*\)\s*(const )?/g, "")
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, "")
    .replace(/\w+\.(cc|h):\d+ \w+ /g, "")
    .replace(/Unsupported data type: 16$/, "its inputs or outputs are of type bfloat16");
  return visibleText(line);
}
