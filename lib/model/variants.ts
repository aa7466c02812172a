/**
 * Which of a folder's `.onnx` files is meant: exporters put several precisions side by side.
 *
 * @module
 */
import { basename } from "node:path";
import { InputError } from "../errors.ts";

// Of a decoder that is split, the half that takes a past takes an empty one too.
const STEMS = ["model", "decoder_model_merged", "decoder_with_past_model", "decoder_model", "past"];

// Names of transformers.js's export script (huggingface/transformers.js, scripts/quantize.py) and of
// optimum, in the order in which they are tried.
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  fp32: ["", "_fp32"],
  fp16: ["_fp16"],
  bf16: ["_bf16"],
  int8: ["_int8", "_quantized", "_uint8", "_q8"],
  int4: ["_q4", "_int4", "_q4f16", "_bnb4"],
};

/** What weights a variant holds that is called by its suffix: `"q4f16"` holds `"int4"`. */
const MEANS: Readonly<Record<string, string>> = {
  q4: "int4",
  q4f16: "int4",
  bnb4: "int4",
  q8: "int8",
  quantized: "int8",
  uint8: "int8",
};

/** The precision of the weights that a user asks for by the name of a precision or of a variant. */
export function precisionMeant(name: string): string {
  return Object.hasOwn(MEANS, name) ? MEANS[name]! : name;
}

// Encoders, projectors and tables of models that read more than text, or in two halves.
const PART =
  /^(encoder|vision|image|audio|speech|text_encoder|embed|prepare|project|multi_?modal|(de)?tokenizer|unet|vae|past_encoder|conv)/i;

/**
 * Chooses among the `.onnx` files of a folder.
 *
 * @param named the file that the folder's configuration names
 * @param precision a precision (`"int4"`) or the name of a variant (`"q4f16"`)
 */
export function chooseVariant(
  folder: string,
  found: readonly string[],
  named: string | null,
  precision: string | undefined,
): string {
  const whole = found.filter((path) => path.endsWith(`/${named}`) || !PART.test(basename(path)));
  const byName = (name: string) => whole.find((path) => basename(path) === name);
  const first = (names: readonly string[]) => names.map(byName).find((path) => path !== undefined);
  const plain = [...(named === null ? [] : [basename(named)]), ...STEMS.map((s) => `${s}.onnx`)];
  const suffixes = precision === undefined
    ? []
    : Object.hasOwn(SUFFIXES, precision)
    ? SUFFIXES[precision]!
    : [`_${precision}`];
  const asked = suffixes.flatMap((suffix) => STEMS.map((stem) => `${stem}${suffix}.onnx`));
  const match = first(precision === "fp32" ? plain : asked) ?? first(asked) ?? first(plain);
  if (match !== undefined) return match;
  if (whole.length === 1) return whole[0]!;
  if (whole.length === 0) {
    throw new InputError(
      `Cannot find a decoder in "${folder}": it holds ${names(found)}`,
      { remedy: "pass a model that generates text and takes nothing else" },
    );
  }
  throw new InputError(`Cannot choose an .onnx file in "${folder}": found ${names(whole)}`, {
    remedy: remedy(whole, precision),
  });
}

/** The names of files, as a list for people. */
export function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 12).map((path) => basename(path)).join(", ");
  return paths.length > 12 ? `${shown} and ${paths.length - 12} more` : shown;
}

function remedy(whole: readonly string[], precision: string | undefined): string {
  const suffixes = whole.flatMap((path) =>
    STEMS.flatMap((stem) => {
      const rest = basename(path, ".onnx");
      return rest.startsWith(`${stem}_`) ? [rest.slice(stem.length + 1)] : [];
    })
  );
  const known = [...new Set(suffixes)].filter((suffix) => suffix !== precision);
  if (known.length === 0) return "pass the path of the one to load";
  return `choose one by precision (${known.join(", ")}), or pass its path`;
}
