import { InputError } from "../../lib/errors.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import {
  livePowerGauge,
  type RecordedTelemetry,
  recordTelemetry,
  requireTelemetry,
} from "../../lib/telemetry/mod.ts";

/** What a run is told to while it goes on, and when it has ended. */
export interface Telemetry {
  power(powerMw: number | null): void;
  send(run: ProfilingRun): Promise<RecordedTelemetry>;
}

/**
 * Telemetry as `--telemetry` asks for it; `null` without it.
 *
 * @throws {InputError} if Deno's OpenTelemetry is off, or would send the texts that are printed
 */
export async function openTelemetry(
  options: { telemetry?: boolean | undefined; telemetryContent?: boolean | undefined },
): Promise<Telemetry | null> {
  const content = options.telemetryContent ?? false;
  if (!content && !options.telemetry) return null;
  await requireTelemetry();
  // Deno sends what is printed as log records, unless it is told not to before it starts.
  if (!content && Deno.env.get("OTEL_DENO_CONSOLE") !== "ignore") {
    throw new InputError(
      "Cannot send telemetry without texts: Deno would send all that is printed, the answer too",
      { remedy: "start with OTEL_DENO_CONSOLE=ignore, or pass --telemetry-content" },
    );
  }
  const power = await livePowerGauge();
  return { power, send: (run) => recordTelemetry(run, { content }) };
}

/** How much a collector should have got: Deno drops what it has no room for without a word. */
export function telemetryLine({ spans, traceId }: RecordedTelemetry): string {
  return `Telemetry: ${spans} spans handed to Deno's exporter, trace ${traceId}`;
}
