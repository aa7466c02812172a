/** Far more than workers take to stop; whatever is still open then is not waited for. */
const PATIENCE_MS = 5000;

/**
 * Ends the process with this code: at once, or by itself where Deno's OpenTelemetry is on.
 *
 * `Deno.exit()` waits there for metrics to be sent. If they are being collected just then, every
 * `OTEL_METRIC_EXPORT_INTERVAL`, that waits for the heap's size to be told by this very thread, and
 * so for ever, deaf to SIGTERM (Deno 2.9.6, `DenoPeriodicReader` in ext/telemetry/lib.rs). A program
 * that has come to its end has no thread to be asked.
 */
export function endProcess(code: number): void {
  if (!isTelemetryOn()) Deno.exit(code);
  Deno.exitCode = code;
  Deno.unrefTimer(setTimeout(() => Deno.exit(code), PATIENCE_MS));
}

/** Where `@opentelemetry/api` looks for whoever sends; asking costs no package and no permission. */
function isTelemetryOn(): boolean {
  return Symbol.for("opentelemetry.js.api.1") in globalThis;
}
