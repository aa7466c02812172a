import { InputError } from "../errors.ts";
import type { ProfilingRun } from "../record.ts";
import { recordMetrics } from "./metrics.ts";
import { type SpanRecord, spansOf } from "./span_record.ts";

/** Options of `recordTelemetry()`. */
export interface TelemetryOptions {
  /** Whether prompt, answer and the tokens' texts are sent; default `false`. */
  content?: boolean;
}

/** What was handed to OpenTelemetry. */
export interface RecordedTelemetry {
  /** Spans of the run, its phases and tokens. */
  spans: number;
  /** The trace that they are in. */
  traceId: string;
}

/** Deno's exporter drops spans beyond 2,048 that wait (OTEL_BSP_MAX_QUEUE_SIZE of the standard). */
const AT_ONCE = 500;
const PAUSE_MS = 100;

/**
 * Hands a run to OpenTelemetry: spans of the run, its phases and tokens, with the times at which
 * they were measured, and energies as metrics in J. Deno sends them where `OTEL_EXPORTER_OTLP_…`
 * says.
 *
 * It is called after the run, as only then energies are known, and so it costs the run nothing.
 *
 * @param run of `profile()`, or of a database
 * @throws {InputError} if Deno's OpenTelemetry is off, or nothing in the run was timed
 *
 * @example
 * ```ts
 * import { type ProfilingRun, recordTelemetry } from "@tokenwatt/tokenwatt";
 *
 * async function send(run: ProfilingRun): Promise<void> {
 *   const { spans, traceId } = await recordTelemetry(run);
 *   console.log(spans, traceId);
 * }
 * ```
 */
export async function recordTelemetry(
  run: ProfilingRun,
  { content = false }: TelemetryOptions = {},
): Promise<RecordedTelemetry> {
  const root = spansOf(run, content);
  if (root === null) {
    throw new InputError(`Cannot send run ${run.runId}: nothing in it was timed`, {
      remedy: "send one that has phases",
    });
  }
  await requireTelemetry();
  const { context, ROOT_CONTEXT, trace } = await import("@opentelemetry/api");
  const tracer = trace.getTracer("tokenwatt");
  let spans = 0;
  const record = async (of: SpanRecord, parent: typeof ROOT_CONTEXT): Promise<string> => {
    const { name, startMs, endMs, attributes, children } = of;
    const span = tracer.startSpan(name, { startTime: startMs, attributes }, parent);
    const inside = trace.setSpan(parent, span);
    if (++spans % AT_ONCE === 0) await new Promise((done) => setTimeout(done, PAUSE_MS));
    for (const child of children) await record(child, inside);
    span.end(endMs);
    return span.spanContext().traceId;
  };
  const traceId = await record(root, context.active());
  await recordMetrics(run);
  return { spans, traceId };
}

/**
 * Makes sure that there is someone to hand telemetry to.
 *
 * @throws {InputError} if Deno's OpenTelemetry is off
 */
export async function requireTelemetry(): Promise<void> {
  const { trace } = await import("@opentelemetry/api");
  const span = trace.getTracer("tokenwatt").startSpan("tokenwatt.probe");
  // Never ended, so never sent.
  if (span.isRecording()) return;
  throw new InputError("Cannot send telemetry: Deno's OpenTelemetry is off", {
    remedy: "start with OTEL_DENO=true, which Deno reads when it starts",
  });
}
