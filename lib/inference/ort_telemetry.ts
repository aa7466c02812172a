/**
 * ONNX Runtime's Linux and Windows libraries report usage to their makers from native code, where
 * no permission of Deno's holds: they open a queue in the user's cache and connect to
 * mobile.events.data.microsoft.com (seen in the strings and open files of 1.30.0). With
 * `ORT_DISABLE_TELEMETRY=1` they open neither file.
 *
 * @module
 */
import process from "node:process";

/** Keeps ONNX Runtime from reporting; call it before its library is loaded. */
export function disableOrtTelemetry(): void {
  try {
    process.env.ORT_DISABLE_TELEMETRY ??= "1";
  } catch {
    // Without --allow-env=ORT_DISABLE_TELEMETRY it is the caller's environment that decides.
  }
}
