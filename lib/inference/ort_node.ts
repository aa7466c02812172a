/**
 * The engine `ort-node`: ONNX Runtime through `onnxruntime-node`, on the CPU.
 *
 * The binding copies every output into JavaScript inside `session.run`, 1.2 ms a megabyte, the whole
 * KV cache with every token (shared notes on ONNX Runtime, section 5). Nothing outside can tell that
 * copy from the forward pass: what is timed as `forward` here holds both.
 *
 * Imported dynamically: loading it loads the native library, which needs `--allow-ffi`.
 *
 * @module
 */
import { env, InferenceSession } from "onnxruntime-node";
import type { TensorDescription } from "./cache_slots.ts";
import { decoderInputs, type ModelFacts } from "./decoder_inputs.ts";
import type { Engine, Instrumentation, Session, SessionOptions } from "./engine.ts";
import { loadFailure } from "./ort_failures.ts";
import { OrtNodeSession } from "./ort_session.ts";
import { sessionSettings } from "./ort_settings.ts";

env.logLevel = "fatal"; // failures are thrown; what it would write to stderr is for its developers

/** ONNX Runtime's Node binding. */
export const ortNode = {
  name: "ort-node",
  async openSession(
    model: ModelFacts,
    options: SessionOptions,
    instrumentation: Instrumentation = {},
  ): Promise<Session> {
    const settings = sessionSettings(model.onnxPath, options, instrumentation);
    const { modelBytes } = instrumentation;
    let session: InferenceSession;
    try {
      session = modelBytes === undefined
        ? await InferenceSession.create(model.onnxPath, settings)
        : await InferenceSession.create(modelBytes, settings);
    } catch (cause) {
      throw loadFailure(model.onnxPath, cause);
    }
    try {
      const inputs = decoderInputs(
        model,
        session.inputMetadata.map(described),
        session.outputMetadata.map(described),
      );
      return new OrtNodeSession(session, model, inputs, instrumentation);
    } catch (error) {
      await session.release();
      throw error;
    }
  },
} satisfies Engine;

function described(value: InferenceSession.ValueMetadata): TensorDescription {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: "no tensor", shape: [] };
}
