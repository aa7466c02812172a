import assert from "node:assert/strict";
import { join } from "node:path";
import { scratch } from "../store/scene.ts";
import { startOtlpReceiver } from "../telemetry/otlp_receiver.ts";
import { ended, runTask, SHORT, spawnTask } from "./run_task.ts";

const PROMPT = "The grey cat said hello";

Deno.test("profile --telemetry sends what --json prints, power, and no text", async () => {
  using scene = scratch();
  await using receiver = startOtlpReceiver();
  const args = [PROMPT, ...SHORT, "--db", scene.path, "--power", "rig:m4max", "--json"];
  const { env } = receiver;
  const { code, stdout, stderr } = await runTask("profile", [...args, "--telemetry"], { env });
  assert.equal(code, 0, stderr);
  const run = JSON.parse(stdout);
  const root = receiver.spans.find(({ name }) => name === "tokenwatt.run")!;
  assert.equal(root.attributes["tokenwatt.run_id"], run.runId);
  assert.equal(root.attributes["tokenwatt.energy_mj"], run.totals.energyMj);
  const tokens = receiver.spans.filter(({ name }) => name === "tokenwatt.token");
  assert.equal(tokens.length, run.tokens.length * run.measured.repetitions);
  const power = receiver.metrics.filter(({ name }) => name === "tokenwatt.power");
  assert.ok(power.length > 0, "power was told while the run went on");
  assert.ok(power.every(({ unit, points }) => unit === "W" && points[0]!.value > 0));
  const all = receiver.bodies.join("\n");
  assert.ok(!all.includes("grey cat") && !all.includes(scene.folder));
});

Deno.test("a task ends while Deno collects metrics, with its exit code, and sends its last", async () => {
  using scene = scratch();
  await using receiver = startOtlpReceiver();
  // So often that they are being collected whenever it ends: Deno.exit() hung in 24 of 24.
  const env = { ...receiver.env, OTEL_METRIC_EXPORT_INTERVAL: "2" };
  const args = [PROMPT, ...SHORT, "--db", scene.path, "--power", "rig:m4max"];
  for (
    const [name, flags, expected] of [
      ["profile", [...args, "--telemetry"], 0],
      ["runs", ["--db", scene.path], 0],
      ["show", ["none", "--db", scene.path], 2],
      ["show", ["--no-such-flag"], 2],
    ] as const
  ) {
    const child = spawnTask(name, [...flags], { env });
    const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const { code, stdout, stderr } = await ended(child);
    clearTimeout(limit);
    assert.equal(code, expected, `${name}: ${stderr}`);
    if (name === "profile") {
      const { length } = receiver.spans.filter(({ name }) => name.startsWith("tokenwatt."));
      assert.ok(stdout.includes(`Telemetry: ${length} spans `), stdout);
    }
  }
  assert.equal(receiver.spans.filter(({ name }) => name === "tokenwatt.run").length, 1);
  assert.ok(receiver.metrics.some(({ name }) => name === "tokenwatt.energy"));
});

Deno.test("profile --telemetry refuses to begin where it would send nothing, or texts", async () => {
  using scene = scratch();
  await using receiver = startOtlpReceiver();
  const args = [PROMPT, ...SHORT, "--db", join(scene.folder, "none.db"), "--telemetry"];
  for (
    const [env, says] of [
      [{}, /OTEL_DENO=true/],
      [{ ...receiver.env, OTEL_DENO_CONSOLE: "capture" }, /OTEL_DENO_CONSOLE=ignore/],
    ] as const
  ) {
    const { code, stdout, stderr } = await runTask("profile", args, { env });
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  assert.deepEqual(receiver.spans, []);
  assert.throws(() => Deno.statSync(join(scene.folder, "none.db")), Deno.errors.NotFound);
});

Deno.test("profile without --telemetry sends no spans, even where Deno's OpenTelemetry is on", async () => {
  using scene = scratch();
  await using receiver = startOtlpReceiver();
  const args = [PROMPT, ...SHORT, "--db", scene.path, "--power", "rig:m4max", "-q"];
  const { code, stderr } = await runTask("profile", args, { env: receiver.env });
  assert.equal(code, 0, stderr);
  assert.deepEqual(receiver.spans.filter(({ name }) => name.startsWith("tokenwatt")), []);
});
