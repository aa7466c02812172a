/**
 * Our options as ONNX Runtime's configuration entries, in whichever engine.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { Instrumentation, SessionOptions } from "./engine.ts";

/** The entries of a session on the model at `onnxPath`. */
export function sessionConfig(
  onnxPath: string,
  { spin }: SessionOptions,
  { optimizedGraphPath, modelBytes }: Instrumentation,
): Record<string, string> {
  return {
    ...(spin === undefined ? {} : { "session.intra_op.allow_spinning": spin ? "1" : "0" }),
    // Bytes have no folder of their own, and the runtime refuses data outside its working folder.
    ...(modelBytes === undefined
      ? {}
      : { "session.model_external_initializers_file_folder_path": dirname(onnxPath) }),
    ...(optimizedGraphPath === undefined ? {} : {
      "session.optimized_model_external_initializers_file_name": `${
        basename(optimizedGraphPath)
      }.data`,
      "session.optimized_model_external_initializers_min_size_in_bytes": "1024",
    }),
  };
}
