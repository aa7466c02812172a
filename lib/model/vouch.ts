/**
 * Whether graph, configuration and tokenizer belong together, and can be run at all.
 *
 * @module
 */
import { basename } from "node:path";
import { InputError } from "../errors.ts";
import type { ModelConfig } from "./config.ts";
import type { OnnxModel } from "./onnx_reader.ts";

/** Refuses graphs that are no text decoder: encoders, and halves that wait for another model. */
export function checkDecoder({ path, graph }: OnnxModel, config: ModelConfig | null): void {
  const has = (name: string) => graph.inputs.some((input) => input.name === name);
  const file = basename(path);
  const foreign = graph.inputs.find(({ name }) =>
    /^(inputs_embeds|pixel_values|input_features|encoder_hidden_states|encoder_outputs|audio_values)$/
      .test(name)
  );
  if (foreign !== undefined && !(foreign.name === "inputs_embeds" && has("input_ids"))) {
    throw new InputError(
      `Cannot use "${path}": its input "${foreign.name}" comes from another part of the model`,
      { remedy: "pass a model that generates text from token ids alone" },
    );
  }
  const idsName = config?.inputNames?.inputIds ?? "input_ids";
  const fromConfig = config?.inputNames?.inputIds ?? null;
  if (fromConfig !== null && !has(idsName)) {
    throw new InputError(
      `Cannot use "${path}": the config names the input "${idsName}", ${file} has ${
        graph.inputs.slice(0, 4).map(({ name }) => name).join(", ")
      }`,
      { remedy: "use the genai_config.json that was written with this .onnx file" },
    );
  }
}

/** What is odd about a tokenizer's vocabulary beside a model's, one line each. */
export function tokenizerWarnings(tokenizer: number | null, model: number | null): string[] {
  if (tokenizer === null || model === null) return [];
  if (tokenizer > model) {
    return [
      `The tokenizer has ids up to ${tokenizer - 1} where the model has ${model} tokens; ` +
      "it may belong to another model",
    ];
  }
  // Vocabularies are padded to round numbers, by 2 % at most in published models.
  if (tokenizer < 0.9 * model) {
    return [
      `The tokenizer has ${tokenizer} ids where the model has ${model} tokens; ` +
      "it may belong to another model",
    ];
  }
  return [];
}
