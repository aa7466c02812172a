/**
 * `genai_config.json`, as the model builder of onnxruntime-genai writes it
 * (microsoft/onnxruntime-genai, src/config.h).
 *
 * @module
 */
import type { InputNames, ModelConfig } from "./config.ts";
import type { ConfigReader } from "./config_reader.ts";

/** What a `genai_config.json` says; its `raw` is the file's whole content. */
export function fromGenai(file: ConfigReader): ModelConfig {
  const model = file.inner("model");
  const decoder = model?.inner("decoder") ?? null;
  const headDim = decoder?.count("head_size") ?? null;
  const hiddenSize = decoder?.count("hidden_size") ?? null;
  const stated = decoder?.count("num_attention_heads") ?? null;
  const numHeads = stated ??
    (hiddenSize === null || headDim === null || hiddenSize % headDim !== 0
      ? null
      : hiddenSize / headDim);
  const numLayers = decoder?.count("num_hidden_layers") ?? null;
  const slidingWindow = decoder?.inner("sliding_window")?.option("window_size") ?? null;
  return {
    raw: file.raw,
    family: familyOf(model?.text("type") ?? null),
    numLayers,
    hiddenSize,
    intermediateSize: null,
    numHeads,
    numKvHeads: decoder?.count("num_key_value_heads") ?? numHeads,
    headDim,
    vocabSize: model?.count("vocab_size") ?? null,
    contextLength: model?.count("context_length") ?? null,
    numExperts: null,
    expertsPerToken: null,
    slidingWindow,
    numSlidingLayers: slidingWindow === null ? 0 : numLayers ?? 0,
    tiedHead: false,
    onnxName: decoder?.text("filename") ?? null,
    inputNames: inputNames(decoder?.inner("inputs") ?? null, decoder?.inner("outputs") ?? null),
  };
}

/** It writes types as one word where Hugging Face's `model_type` has an underscore. */
function familyOf(type: string | null): string | null {
  return type === "gptoss" ? "gpt_oss" : type;
}

function inputNames(inputs: ConfigReader | null, outputs: ConfigReader | null): InputNames | null {
  if (inputs === null && outputs === null) return null;
  return {
    inputIds: inputs?.text("input_ids") ?? null,
    attentionMask: inputs?.text("attention_mask") ?? null,
    positionIds: inputs?.text("position_ids") ?? null,
    pastKey: inputs?.text("past_key_names") ?? null,
    pastValue: inputs?.text("past_value_names") ?? null,
    past: inputs?.text("past_names") ?? null,
    presentKey: outputs?.text("present_key_names") ?? null,
    presentValue: outputs?.text("present_value_names") ?? null,
    present: outputs?.text("present_names") ?? null,
    logits: outputs?.text("logits") ?? null,
  };
}
