/**
 * Published architectures by name.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { DecoderConfig } from "../build/mod.ts";
import { ARCHITECTURES } from "./architectures.ts";
import { useOneOf } from "../../nearest.ts";

/** A published architecture. */
export interface Preset {
  /** What it is called on the command line, such as `"llama-3.2-1b"`. */
  name: string;
  /** The model on the Hugging Face hub whose shape it has. */
  id: string;
  /** Parameters as that model's page states them; a tied head counts once. */
  parameters: number;
  /** What shapes the model, as its `config.json` has it; without tokens that end a text. */
  config: DecoderConfig;
}

/** All presets, by family and size. */
export const PRESETS: readonly Preset[] = ARCHITECTURES;

/**
 * Finds a preset by its name, in whatever case.
 *
 * @param name Such as `"llama-3.2-1b"`.
 * @returns The preset.
 * @throws {InputError} Where none is called so; it names the nearest and all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findPreset, parameterCount } from "@tokenwatt/tokenwatt";
 *
 * const { config, parameters } = findPreset("mistral-7b");
 * assert.equal(parameterCount(config), parameters);
 * ```
 */
export function findPreset(name: string): Preset {
  const wanted = name.toLowerCase();
  const found = PRESETS.find((preset) =>
    preset.name === wanted || preset.id.toLowerCase() === wanted
  );
  if (found !== undefined) return found;
  const names = PRESETS.map((preset) => preset.name);
  throw new InputError(`Cannot find an architecture called ${JSON.stringify(name.slice(0, 80))}`, {
    remedy: useOneOf(wanted, names),
  });
}

/**
 * The config of a preset, with fewer layers where asked: what a layer costs stays the same, so a
 * model that is too large for a machine can be measured in part.
 *
 * @param preset A preset, or its name.
 * @param layers Layers to keep; default: all.
 * @returns A config for {@link buildModel}.
 * @throws {InputError} Where there is no such preset, or it has fewer layers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parameterCount, presetConfig } from "@tokenwatt/tokenwatt";
 *
 * assert.equal(parameterCount(presetConfig("llama-3.1-8b", 2)), 1_486_901_248);
 * ```
 */
export function presetConfig(preset: Preset | string, layers?: number): DecoderConfig {
  const { name, config } = typeof preset === "string" ? findPreset(preset) : preset;
  if (layers === undefined) return { ...config };
  const key = "n_layer" in config ? "n_layer" : "num_hidden_layers";
  const all = Number(config[key]);
  if (!Number.isInteger(layers) || layers < 1 || layers > all) {
    throw new InputError(`Cannot build ${name} with ${layers} layers`, {
      remedy: `it has ${all}: use 1 to ${all}`,
    });
  }
  return { ...config, [key]: layers };
}
