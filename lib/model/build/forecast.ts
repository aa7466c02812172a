/**
 * What building a model will take, before it starts.
 *
 * @module
 */
import { nowMs } from "../../clock.ts";
import { DecoderBuilder } from "./decoder_builder.ts";
import type { DecoderConfig } from "./decoder_config.ts";
import { encodedValues } from "./encoded_values.ts";
import { decoderShape } from "./families.ts";
import { type ModelSize, modelSize } from "./model_size.ts";
import { type PrecisionOptions, readNumerics } from "./precision.ts";
import { randomWeights } from "./random_weights.ts";

/** What building a model will take. */
export interface BuildForecast extends ModelSize {
  /** Time to compute random weights, as fast as a sample of them; writing to the disk not included. */
  seconds: number;
}

// Square, so that it is turned like most matrices; large enough for the compiler to warm up on.
const SAMPLE = 1536;

/**
 * Tells what building a model with random weights will take; takes some ten milliseconds itself, as
 * it computes a sample of such weights.
 *
 * @param config The content of the model's `config.json`.
 * @param options The precision, and what belongs to it.
 * @returns Parameters, bytes on disk, and seconds.
 * @throws {InputError} Where the config or the precision cannot be followed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { forecastBuild } from "@tokenwatt/tokenwatt";
 *
 * const { weightBytes, seconds } = forecastBuild({ model_type: "gpt2" }, { precision: "int4" });
 * assert.ok(weightBytes > 62e6 && seconds > 0);
 * ```
 */
export function forecastBuild(
  config: DecoderConfig,
  options: PrecisionOptions = {},
): BuildForecast {
  const size = modelSize(config, options);
  const { dataType, matrices } = readNumerics(options);
  const builder = new DecoderBuilder(decoderShape(config), dataType, matrices);
  const stored = { name: "sample", outFirst: true };
  builder.product("x", "sample", { name: "sample", from: SAMPLE, to: SAMPLE, stored });
  const values = encodedValues(randomWeights(0, 0.02));
  let rate = 0;
  for (let turn = 0; turn < 2; turn++) { // the first one warms up
    const startMs = nowMs();
    for (const weight of builder.graph.weights) {
      for (const _ of values(weight)) { /* only made */ }
    }
    rate = SAMPLE * SAMPLE / (nowMs() - startMs) * 1000;
  }
  return { ...size, seconds: size.parameters / rate };
}
