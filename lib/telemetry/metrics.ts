import type { ProfilingRun } from "../record.ts";

/** Energies as OpenTelemetry has them: in its base units, J and W. */
export async function recordMetrics(run: ProfilingRun): Promise<void> {
  const { metrics } = await import("@opentelemetry/api");
  const meter = metrics.getMeter("tokenwatt");
  const { model, power, totals, trace, runtime } = run;
  const labels = {
    "gen_ai.request.model": model.name,
    "tokenwatt.model.precision": model.precision,
    "tokenwatt.power.source": power.source,
    "tokenwatt.power.kind": power.kind,
    ...(runtime ? { "tokenwatt.engine": runtime.engine } : {}),
  };

  const energy = meter.createCounter("tokenwatt.energy", {
    unit: "J",
    description: "Energy of phases, all repetitions, warm-up and idle time included",
  });
  for (const { name, energyMj } of trace.phases) {
    if (energyMj !== null && energyMj >= 0) {
      energy.add(energyMj / 1000, { ...labels, "tokenwatt.phase": name });
    }
  }
  const tokens = meter.createCounter("tokenwatt.tokens", {
    unit: "{token}",
    description: "Tokens of one repetition",
  });
  tokens.add(totals.promptTokens, { ...labels, "gen_ai.token.type": "input" });
  tokens.add(totals.generatedTokens, { ...labels, "gen_ai.token.type": "output" });

  const gauges: [string, string, string, number | null][] = [
    ["energy_per_token", "J/{token}", "Energy of a decoded token", totals.joulesPerToken],
    ["tokens_per_second", "{token}/s", "Decoded tokens by time", totals.tokensPerSecond],
    ["idle_power", "W", "Idle power before the run", watts(totals.baselineMw)],
    ["mean_power", "W", "Energy of a repetition by its time", watts(totals.meanMw)],
  ];
  for (const [name, unit, description, value] of gauges) {
    if (value === null) continue;
    meter.createGauge(`tokenwatt.${name}`, { unit, description }).record(value, labels);
  }
}

/**
 * A gauge that is told power while a run goes on, as `profile()` calls `live`. What the exporter
 * sends of it, every `OTEL_METRIC_EXPORT_INTERVAL` ms, is the latest; `null` tells it nothing.
 */
export async function livePowerGauge(): Promise<(powerMw: number | null) => void> {
  const { metrics } = await import("@opentelemetry/api");
  const gauge = metrics.getMeter("tokenwatt").createGauge("tokenwatt.power", {
    unit: "W",
    description: "Power of the rails in the total, by the latest record",
  });
  return (powerMw) => {
    if (powerMw !== null) gauge.record(powerMw / 1000);
  };
}

function watts(mw: number | null): number | null {
  return mw === null ? null : mw / 1000;
}
