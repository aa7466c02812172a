/**
 * In which numbers a model is written: what flows through it, and what its matrices are kept in.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { DataType } from "../onnx_types.ts";
import { quoted } from "./decoder_config.ts";

/** What a model's matrices are kept in. */
export type Precision = "fp32" | "fp16" | "int8" | "int4";

/** The numbers of a model, as a caller asks for them. */
export interface PrecisionOptions {
  /**
   * What matrices are kept in; default `"fp32"`. `"int8"`: one scale per matrix, activations
   * quantized while the model runs. `"int4"`: a scale per block, activations as they are.
   * Embeddings, norms and biases stay floating-point numbers.
   */
  precision?: Precision | undefined;
  /**
   * Type of hidden states, cache, embeddings and scales of an int4 model, `"fp32"` or `"fp16"`
   * (transformers.js calls them q4 and q4f16); default `"fp32"`. Other precisions leave no choice.
   */
  activations?: "fp32" | "fp16" | undefined;
  /** Numbers that share a scale in an int4 model: 16, 32, 64 or 128; default 32. */
  blockSize?: number | undefined;
  /** Whether blocks of an int4 model go without a zero point of their own; default true. */
  symmetric?: boolean | undefined;
  /**
   * What an int4 model computes in at the least: 1 fp32, 2 fp16, 3 bf16, 4 int8; default 0, which
   * leaves it to the runtime.
   */
  accuracyLevel?: number | undefined;
}

/** How matrices are written. */
export type MatrixFormat =
  | { kind: "float" }
  | { kind: "int8" }
  | { kind: "int4"; blockSize: number; symmetric: boolean; accuracyLevel: number };

/** The numbers of a model, checked. */
export interface Numerics {
  /** Type of hidden states and of what is not quantized. */
  dataType: number;
  matrices: MatrixFormat;
}

/** All of them. */
export const PRECISIONS: readonly Precision[] = ["fp32", "fp16", "int8", "int4"];
const BLOCK_SIZES = [16, 32, 64, 128];
const LEVELS = [0, 1, 2, 3, 4];

/** Checks the options against each other; `InputError` where they cannot be followed. */
export function readNumerics(options: PrecisionOptions): Numerics {
  const { precision = "fp32", symmetric = true, blockSize = 32, accuracyLevel = 0 } = options;
  if (!PRECISIONS.includes(precision)) {
    throw refused(`with precision ${JSON.stringify(precision)}`, `use ${quoted(PRECISIONS)}`);
  }
  const own = precision === "fp16" ? "fp16" : "fp32";
  const activations = options.activations ?? own;
  if (activations !== "fp32" && activations !== "fp16") {
    throw refused(`with activations ${JSON.stringify(activations)}`, 'use "fp32" or "fp16"');
  }
  if (precision !== "int4") {
    if (activations !== own) {
      throw refused(
        `at ${precision} with ${activations} activations`,
        `they are ${own} there; "int4" leaves the choice`,
      );
    }
    for (const key of ["blockSize", "symmetric", "accuracyLevel"] as const) {
      if (options[key] !== undefined) {
        throw refused(`at ${precision} with ${key} ${options[key]}`, 'it is for "int4" only');
      }
    }
  }
  const dataType = activations === "fp16" ? DataType.FLOAT16 : DataType.FLOAT;
  switch (precision) {
    case "fp32":
    case "fp16":
      return { dataType, matrices: { kind: "float" } };
    case "int8":
      return { dataType, matrices: { kind: "int8" } };
    case "int4":
      if (!BLOCK_SIZES.includes(blockSize)) {
        throw refused(`with blockSize ${blockSize}`, `use ${BLOCK_SIZES.join(", ")}`);
      }
      if (!LEVELS.includes(accuracyLevel)) {
        throw refused(`with accuracyLevel ${accuracyLevel}`, `use ${LEVELS.join(", ")}`);
      }
      return { dataType, matrices: { kind: "int4", blockSize, symmetric, accuracyLevel } };
  }
}

function refused(what: string, remedy: string): InputError {
  return new InputError(`Cannot build a model ${what}`, { remedy });
}
