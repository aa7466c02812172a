import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { InputError } from "../../lib/errors.ts";
import { recordTelemetry, requireTelemetry } from "../../lib/telemetry/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { type ReceivedSpan, startOtlpReceiver } from "./otlp_receiver.ts";

const SENDER = fileURLToPath(new URL("send_sample.ts", import.meta.url));

async function send(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Deno's exporter needs no permission to connect.
    args: ["run", "-q", "--no-prompt", SENDER, ...args],
    env,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as { spans: number; traceId: string };
}

const near = (a: number, b: number, by: number) =>
  assert.ok(Math.abs(a - b) <= by, `${a} is not ${b} ± ${by}`);

Deno.test("recordTelemetry() sends run ⊃ phases ⊃ tokens with their times and energies", async () => {
  await using receiver = startOtlpReceiver();
  const run = sampleRun({ tokens: 24 });
  const { spans: count, traceId } = await send(receiver.env, "1");
  const { spans, resources } = receiver;
  assert.equal(spans.length, count);
  assert.equal(count, 1 + run.trace.phases.length + run.trace.tokens.length);
  assert.ok(spans.every((span) => span.traceId === traceId));
  for (const resource of resources) {
    assert.equal(resource["service.name"], "lab");
    assert.equal(resource["host.name"], "mini");
    assert.equal(resource["deployment.environment.name"], "ci");
  }
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const roots = spans.filter(({ parentSpanId }) => !byId.has(parentSpanId));
  assert.deepEqual(roots.map(({ name }) => name), ["tokenwatt.run"]);
  const [root] = roots as [ReceivedSpan];
  assert.equal(root.attributes["gen_ai.request.model"], run.model.name);
  near(root.attributes["tokenwatt.energy_mj"] as number, run.totals.energyMj!, 1e-9);
  near(root.attributes["tokenwatt.joules_per_token"] as number, run.totals.joulesPerToken!, 1e-12);

  const phases = spans.filter(({ name }) => name === "tokenwatt.phase");
  for (const [at, phase] of phases.toSorted((a, b) => a.startMs - b.startMs).entries()) {
    const truth = run.trace.phases.toSorted((a, b) => a.startMs - b.startMs)[at]!;
    assert.equal(phase.parentSpanId, root.spanId);
    assert.equal(phase.attributes["tokenwatt.phase"], truth.name);
    near(phase.startMs, truth.startMs, 0.001);
    near(phase.endMs, truth.endMs, 0.001);
  }
  const tokens = spans.filter(({ name }) => name === "tokenwatt.token");
  assert.equal(tokens.length, run.trace.tokens.length);
  for (const token of tokens) {
    const { attributes } = token;
    const truth = run.trace.tokens.find(({ index, repetition }) =>
      index === attributes["tokenwatt.token.index"] &&
      repetition === attributes["tokenwatt.repetition"]
    )!;
    const parent = byId.get(token.parentSpanId)!;
    assert.equal(parent.attributes["tokenwatt.phase"], truth.phase);
    assert.equal(parent.attributes["tokenwatt.repetition"], truth.repetition);
    near(token.startMs, truth.startMs, 0.001);
    near(token.endMs, truth.endMs, 0.001);
    assert.equal(attributes["tokenwatt.energy_mj"], truth.energyMj ?? undefined);
    assert.equal(attributes["tokenwatt.energy_method"], truth.method ?? undefined);
  }
});

Deno.test("recordTelemetry() sends energies as metrics with their units", async () => {
  await using receiver = startOtlpReceiver();
  const run = sampleRun({ tokens: 24 });
  await send(receiver.env, "1");
  const metric = (name: string) =>
    receiver.metrics.find((one) => one.name === `tokenwatt.${name}`)!;
  const energy = metric("energy");
  assert.equal(energy.unit, "J");
  const truth = run.trace.phases.reduce((sum, { energyMj }) => sum + (energyMj ?? 0), 0) / 1000;
  near(energy.points.reduce((sum, { value }) => sum + value, 0), truth, 1e-9);
  assert.deepEqual(
    new Set(energy.points.map(({ attributes }) => attributes["tokenwatt.phase"])),
    new Set(run.trace.phases.filter(({ energyMj }) => energyMj !== null).map(({ name }) => name)),
  );
  for (
    const [name, unit, value] of [
      ["energy_per_token", "J/{token}", run.totals.joulesPerToken],
      ["tokens_per_second", "{token}/s", run.totals.tokensPerSecond],
      ["idle_power", "W", run.totals.baselineMw! / 1000],
    ] as const
  ) {
    assert.equal(metric(name).unit, unit);
    near(metric(name).points[0]!.value, value!, 1e-9);
  }
  const output = metric("tokens").points
    .find(({ attributes }) => attributes["gen_ai.token.type"] === "output");
  assert.equal(output!.value, run.totals.generatedTokens);
});

Deno.test("recordTelemetry() sends no text unless it is asked to", async () => {
  const run = sampleRun({ tokens: 24 });
  const texts = [run.prompt, run.response, run.trace.tokens[3]!.text].map((text) =>
    JSON.stringify(text).slice(1, -1)
  );
  for (const content of ["", "content"]) {
    await using receiver = startOtlpReceiver();
    await send(receiver.env, "1", content);
    const all = receiver.bodies.join("\n");
    for (const text of texts) assert.equal(all.includes(text), content !== "", text);
  }
});

Deno.test("recordTelemetry() loses no span of a long run", async () => {
  await using receiver = startOtlpReceiver();
  // More than may wait at Deno's exporter, and no more than a busy machine takes in time.
  const { spans } = await send(receiver.env, Deno.env.get("TOKENWATT_LONG") === "1" ? "200" : "40");
  assert.ok(spans > 1.5 * 2048, `${spans}`);
  assert.equal(receiver.spans.length, spans);
});

Deno.test("telemetry is off by default, and says how to have it", async () => {
  const refused = (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /OTEL_DENO=true/);
    return true;
  };
  await assert.rejects(requireTelemetry(), refused);
  await assert.rejects(recordTelemetry(sampleRun()), refused);
  const nothing = { ...sampleRun(), trace: { samples: [], phases: [], tokens: [] } };
  await assert.rejects(recordTelemetry(nothing), /nothing in it was timed/);
});
