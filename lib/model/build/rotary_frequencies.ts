/**
 * The frequencies of rotary embeddings, plain or stretched to longer texts, by the formulas of
 * transformers' `modeling_rope_utils.py`.
 *
 * @module
 */
import { type ConfigFields, quoted } from "./decoder_config.ts";

/** Rotary embedding of the first `dim` numbers of a head. */
export interface Rotary {
  dim: number;
  /** Radians per position, `dim / 2` of them. */
  frequencies: number[];
  /** Used instead where a text is longer than `above` tokens. */
  long: { above: number; frequencies: number[] } | null;
  /** What cosine and sine are multiplied with. */
  magnitude: number;
}

const TYPES = ["default", "linear", "llama3", "yarn", "longrope"] as const;

/** Reads theta, partial rotation and scaling; `InputError` where a scaling is not built. */
export function readRotary(
  config: ConfigFields,
  headDim: number,
  defaults: { theta: number; partial: number },
): Rotary {
  // transformers 5 moved theta and scaling into one object, `rope_parameters`.
  const key = config.value("rope_parameters") === null ? "rope_scaling" : "rope_parameters";
  const scaling = config.object(key);
  const theta = scaling?.has("rope_theta")
    ? scaling.positive("rope_theta", defaults.theta)
    : config.positive("rope_theta", defaults.theta);
  const partial = scaling?.has("partial_rotary_factor")
    ? scaling.positive("partial_rotary_factor", defaults.partial)
    : config.positive("partial_rotary_factor", defaults.partial);
  const dim = Math.floor(headDim * partial);
  if (partial > 1 || dim < 2 || dim % 2 !== 0) {
    throw config.refuse(
      "partial_rotary_factor",
      `it must rotate an even part of head_dim ${headDim}`,
    );
  }
  const half = dim / 2;
  const plain = Array.from({ length: half }, (_, i) => theta ** (-i / half));
  const unscaled = { dim, frequencies: plain, long: null, magnitude: 1 };
  if (scaling === null) return unscaled;

  const named = scaling.value("rope_type") === null ? "type" : "rope_type";
  const type = scaling.value(named) ?? (key === "rope_parameters" ? "default" : null);
  switch (type === "su" ? "longrope" : type) { // Phi-3's first name for it
    case "default":
      return unscaled;
    case "linear": {
      const factor = required(scaling, "factor");
      return { ...unscaled, frequencies: plain.map((frequency) => frequency / factor) };
    }
    case "llama3":
      return { ...unscaled, frequencies: llama3(scaling, plain) };
    case "yarn":
      return { dim, long: null, ...yarn(config, scaling, plain, theta) };
    case "longrope":
      return { dim, ...longrope(config, scaling, plain) };
    default:
      throw config.refuse(key, `this builder knows the types ${quoted(TYPES)}, or null for none`);
  }
}

function required(scaling: ConfigFields, key: string): number {
  return scaling.positive(key, NaN);
}

// Long waves are stretched, short ones kept, those between blended.
function llama3(scaling: ConfigFields, plain: readonly number[]): number[] {
  const factor = required(scaling, "factor");
  const low = required(scaling, "low_freq_factor");
  const high = required(scaling, "high_freq_factor");
  const original = required(scaling, "original_max_position_embeddings");
  if (high <= low) throw scaling.refuse("high_freq_factor", "it must be above low_freq_factor");
  return plain.map((frequency) => {
    const turns = original * frequency / (2 * Math.PI);
    if (turns < low) return frequency / factor;
    if (turns > high) return frequency;
    const kept = (turns - low) / (high - low);
    return (1 - kept) * frequency / factor + kept * frequency;
  });
}

// Peng et al. 2023 (arXiv 2309.00071), sections 3.2 and 3.4.
function yarn(
  config: ConfigFields,
  scaling: ConfigFields,
  plain: readonly number[],
  theta: number,
): { frequencies: number[]; magnitude: number } {
  const factor = required(scaling, "factor");
  const original = scaling.positive(
    "original_max_position_embeddings",
    config.positive("max_position_embeddings", 2048),
  );
  const dim = plain.length * 2;
  const dimOfTurns = (turns: number) =>
    dim * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  const truncate = scaling.flag("truncate", true);
  const first = dimOfTurns(scaling.positive("beta_fast", 32));
  const last = dimOfTurns(scaling.positive("beta_slow", 1));
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, dim - 1);
  const span = high === low ? 0.001 : high - low;
  const frequencies = plain.map((frequency, i) => {
    const stretched = Math.min(1, Math.max(0, (i - low) / span));
    return frequency / factor * stretched + frequency * (1 - stretched);
  });
  const magnitudeOf = (weight: number) => factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  const both = scaling.value("mscale") !== null && scaling.value("mscale_all_dim") !== null;
  const usual = both
    ? magnitudeOf(required(scaling, "mscale")) / magnitudeOf(required(scaling, "mscale_all_dim"))
    : magnitudeOf(1);
  return { frequencies, magnitude: scaling.positive("attention_factor", usual) };
}

function longrope(
  config: ConfigFields,
  scaling: ConfigFields,
  plain: readonly number[],
): { frequencies: number[]; long: Rotary["long"]; magnitude: number } {
  const longest = config.positive("max_position_embeddings", 4096);
  const original = scaling.positive(
    "original_max_position_embeddings",
    config.positive("original_max_position_embeddings", longest),
  );
  const divided = (key: string) => {
    const factors = scaling.positives(key, plain.length);
    return plain.map((frequency, i) => frequency / factors[i]!);
  };
  const factor = longest / original;
  const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    frequencies: divided("short_factor"),
    long: { above: original, frequencies: divided("long_factor") },
    magnitude: scaling.positive("attention_factor", usual),
  };
}
