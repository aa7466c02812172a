/** A collector's OTLP/HTTP endpoint, as far as Deno speaks to it: JSON, each signal at its path. */
export interface OtlpReceiver extends AsyncDisposable {
  /** Variables under which Deno sends everything here. */
  env: Record<string, string>;
  spans: ReceivedSpan[];
  metrics: ReceivedMetric[];
  /** Attributes of the resources that sent spans. */
  resources: Record<string, unknown>[];
  /** All bodies as they came. */
  bodies: string[];
}

export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  startMs: number;
  endMs: number;
  attributes: Record<string, unknown>;
}

export interface ReceivedMetric {
  name: string;
  unit: string;
  points: { value: number; attributes: Record<string, unknown> }[];
}

// deno-lint-ignore no-explicit-any -- what comes over the wire has no type
type Wire = any;

export function startOtlpReceiver(
  { onBody = () => {} }: { onBody?: () => void } = {},
): OtlpReceiver {
  const received: Pick<OtlpReceiver, "spans" | "metrics" | "resources" | "bodies"> = {
    spans: [],
    metrics: [],
    resources: [],
    bodies: [],
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const text = await request.text();
    received.bodies.push(text);
    onBody();
    const body = JSON.parse(text);
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      received.resources.push(attributesOf(resource.attributes));
      for (const span of scopeSpans.flatMap(({ spans }: Wire) => spans)) {
        received.spans.push({
          name: span.name,
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId,
          startMs: Number(BigInt(span.startTimeUnixNano)) / 1e6,
          endMs: Number(BigInt(span.endTimeUnixNano)) / 1e6,
          attributes: attributesOf(span.attributes),
        });
      }
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const metric of scopeMetrics.flatMap(({ metrics }: Wire) => metrics)) {
        const points = (metric.sum ?? metric.gauge ?? metric.histogram).dataPoints;
        received.metrics.push({
          name: metric.name,
          unit: metric.unit,
          points: points.map((point: Wire) => ({
            value: point.asDouble ?? Number(point.asInt),
            attributes: attributesOf(point.attributes),
          })),
        });
      }
    }
    return Response.json({});
  });
  return {
    ...received,
    env: {
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_SERVICE_NAME: "lab",
      OTEL_RESOURCE_ATTRIBUTES: "host.name=mini,deployment.environment.name=ci",
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function attributesOf(wire: Wire[] = []): Record<string, unknown> {
  return Object.fromEntries(wire.map(({ key, value }) => [key, Object.values(value)[0]]));
}
