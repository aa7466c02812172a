/**
 * Our options as `onnxruntime-node` names them.
 *
 * @module
 */
import type { InferenceSession } from "onnxruntime-node";
import type { Instrumentation, SessionOptions } from "./engine.ts";
import { sessionConfig } from "./session_config.ts";

/** The settings of a session on the model at `onnxPath`. */
export function sessionSettings(
  onnxPath: string,
  options: SessionOptions,
  instrumentation: Instrumentation,
): InferenceSession.SessionOptions {
  const { threads, provider = "cpu", providerOptions } = options;
  const { profilePrefix, optimizedGraphPath, optimization } = instrumentation;
  const extra = sessionConfig(onnxPath, options, instrumentation);
  return {
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(provider === "cpu"
      ? {}
      : { executionProviders: [{ name: provider, ...providerOptions }, "cpu"] }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(optimizedGraphPath === undefined ? {} : { optimizedModelFilePath: optimizedGraphPath }),
    ...(optimization === undefined ? {} : { graphOptimizationLevel: optimization }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
