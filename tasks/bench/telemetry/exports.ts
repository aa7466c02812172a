/** When the process with telemetry sends what it has. @module */
import { nowMs } from "@tokenwatt/tokenwatt";
import { startOtlpReceiver } from "../../../tests/telemetry/otlp_receiver.ts";

/** How often Deno sends metrics; its own default is once a minute. */
const EXPORT_MS = 2000;
/** What a block with telemetry begins ahead of the next one: power is told before it. */
const AHEAD_MS = 300;
/** Longer than this nothing is waited for: what sends may have been held up. */
const MOST_MS = 4 * EXPORT_MS;

/** A collector's endpoint on this machine that knows when something comes. */
export interface Exports extends AsyncDisposable {
  /** Variables under which Deno sends here. */
  env: Record<string, string>;
  /** How often something came. */
  count(): number;
  /** How often power was among it. */
  powers(): number;
  /** Waits until shortly before something comes. */
  untilBefore(): Promise<void>;
  /** Waits until nothing will come for as long as that, as far as this can be. */
  untilQuiet(ms: number): Promise<void>;
}

/** Starts the endpoint. */
export function startExports(): Exports {
  let lastMs = nowMs();
  const receiver = startOtlpReceiver({ onBody: () => lastMs = nowMs() });
  const aheadMs = () => lastMs + EXPORT_MS - nowMs();
  const next = async () => {
    const [before, untilMs] = [receiver.bodies.length, nowMs() + MOST_MS];
    while (receiver.bodies.length === before && nowMs() < untilMs) await pause(2);
  };
  return {
    env: {
      ...receiver.env,
      OTEL_METRIC_EXPORT_INTERVAL: `${EXPORT_MS}`,
      // What is not told is not sent; else power would be sent for ever, once it was told.
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
    },
    count: () => receiver.bodies.length,
    powers: () => receiver.metrics.filter(({ name }) => name === "tokenwatt.power").length,
    async untilBefore() {
      if (aheadMs() < AHEAD_MS) await next();
      await pause(aheadMs() - AHEAD_MS);
    },
    async untilQuiet(ms) {
      if (aheadMs() < ms) await next();
    },
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
