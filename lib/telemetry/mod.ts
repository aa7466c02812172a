/**
 * Runs as OpenTelemetry's spans and metrics, which Deno itself sends. Off unless `OTEL_DENO=true`;
 * importing this loads nothing.
 *
 * @module
 */
export { livePowerGauge } from "./metrics.ts";
export {
  type RecordedTelemetry,
  recordTelemetry,
  requireTelemetry,
  type TelemetryOptions,
} from "./record_telemetry.ts";
