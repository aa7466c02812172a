/**
 * The engine `ort-node`: ONNX Runtime through `onnxruntime-node`.
 *
 * The binding copies every output into JavaScript inside `session.run`, 1.2 ms a megabyte, the whole
 * KV cache with every token (shared notes on ONNX Runtime, section 5). Nothing outside can tell that
 * copy from the forward pass: what is timed as `forward` here holds both.
 *
 * Imported dynamically: loading it loads the native library, which needs `--allow-ffi`.
 *
 * @module
 */
import { env, InferenceSession, listSupportedBackends } from "onnxruntime-node";
import type { ModelFacts } from "./decoder_inputs.ts";
import { DecoderSession, openDecoder } from "./decoder_session.ts";
import type { Engine, Instrumentation, SessionOptions } from "./engine.ts";
import { loadFailure } from "./ort_failures.ts";
import { OrtNodeRunner } from "./ort_node_runner.ts";
import { sessionSettings } from "./ort_settings.ts";

env.logLevel = "fatal"; // failures are thrown; what it would write to stderr is for its developers

/** ONNX Runtime's Node binding. */
export const ortNode = {
  name: "ort-node" as const,
  /** Execution providers that its library holds and finds here. */
  providers(): string[] {
    return listSupportedBackends().filter(({ bundled }) => bundled).map(({ name }) => name);
  },
  /** Opens a graph as a decoder. */
  async openSession(
    model: ModelFacts,
    options: SessionOptions,
    instrumentation: Instrumentation = {},
    engineNote: string | null = null,
  ): Promise<DecoderSession> {
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
    return await openDecoder(new OrtNodeRunner(session), model, instrumentation, {
      engine: "ort-node",
      engineNote,
      provider: options.provider ?? "cpu",
      stopsInside: false,
    });
  },
} satisfies Engine;
