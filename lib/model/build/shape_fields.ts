/**
 * Fields that several families share: heads, activations, windows.
 *
 * @module
 */
import { type ConfigFields, refusal } from "./decoder_config.ts";
import type { Activation } from "./decoder_shape.ts";

/** The size of one of the heads that a hidden size is divided into. */
export function dividedByHeads(
  config: ConfigFields,
  key: string,
  size: number,
  heads: number,
): number {
  if (size % heads === 0) return size / heads;
  throw config.refuse(key, `it must be divisible by the number of heads, ${heads}`);
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
};

/** The activation that a field names. */
export function readActivation(config: ConfigFields, key: string, usual: string): Activation {
  return ACTIVATIONS[config.choice(key, Object.keys(ACTIVATIONS), usual)]!;
}

/**
 * Tokens that each layer looks back: `window` where the config's `layer_types` say so or, where it
 * has none, where `slides` does; `null` for all of them.
 */
export function readWindows(
  config: ConfigFields,
  numLayers: number,
  window: number | null,
  slides: (layer: number) => boolean = () => true,
): (number | null)[] {
  const types = config.value("layer_types");
  if (types !== null && !(Array.isArray(types) && types.length === numLayers)) {
    throw config.refuse("layer_types", `it must hold one type for each of ${numLayers} layers`);
  }
  return Array.from({ length: numLayers }, (_, layer) => {
    const type: unknown = types === null ? null : (types as unknown[])[layer];
    switch (type) {
      case null:
        return slides(layer) ? window : null;
      case "full_attention":
        return null;
      case "sliding_attention":
        return window;
      default:
        throw refusal("layer_types", type, 'use "full_attention" or "sliding_attention"');
    }
  });
}

/** The config's `sliding_window`; `usual` where it does not mention one, `null` where it says so. */
export function slidingWindow(config: ConfigFields, usual: number | null): number | null {
  return config.has("sliding_window") ? config.countOrNull("sliding_window") : usual;
}
