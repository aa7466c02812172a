/**
 * Our options as `onnxruntime-node` names them.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import type { Instrumentation, SessionOptions } from "./engine.ts";

/** The settings of a session on the model at `onnxPath`. */
export function sessionSettings(
  onnxPath: string,
  { threads, spin }: SessionOptions,
  { profilePrefix, optimizedGraphPath, optimization, modelBytes }: Instrumentation,
): InferenceSession.SessionOptions {
  const session = {
    ...(spin === undefined ? {} : { intra_op: { allow_spinning: spin ? "1" : "0" } }),
    // Bytes have no folder of their own, and the runtime refuses data outside its working folder.
    ...(modelBytes === undefined
      ? {}
      : { model_external_initializers_file_folder_path: dirname(onnxPath) }),
    ...(optimizedGraphPath === undefined ? {} : {
      optimized_model_external_initializers_file_name: `${basename(optimizedGraphPath)}.data`,
      optimized_model_external_initializers_min_size_in_bytes: "1024",
    }),
  };
  return {
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(optimizedGraphPath === undefined ? {} : { optimizedModelFilePath: optimizedGraphPath }),
    ...(optimization === undefined ? {} : { graphOptimizationLevel: optimization }),
    ...(Object.keys(session).length === 0 ? {} : { extra: { session } }),
  };
}
