import assert from "node:assert/strict";
import { readMacmonLine } from "../../../lib/power/macmon/line.ts";
import { recording, recordingTest } from "../fixtures/recordings.ts";

recordingTest("readMacmonLine() reads a recorded line of macmon 0.8.2", () => {
  const text = new TextDecoder().decode(recording("macmon-0.8.2-pipe.jsonc"))
    .replaceAll(/\/\/.*$/gm, "").replaceAll(/,(\s*[}\]])/g, "$1");
  const { powerMw, gpuActivity, stampMs } = readMacmonLine(text)!;
  const rounded = Object.entries(powerMw).map(([rail, mw]) => [rail, Number(mw!.toFixed(6))]);
  assert.deepEqual(Object.fromEntries(rounded), {
    cpu: 204.86385,
    gpu: 17.451683,
    ane: 0,
    dram: 116.35789,
    system: 5876.533,
  });
  assert.equal(gpuActivity, 0.09);
  assert.equal(stampMs, Date.parse("2025-02-24T20:38:15.427Z") + 0.569);
});

Deno.test("readMacmonLine() reads lines from before 0.8 and from 0.9 on", () => {
  const old = readMacmonLine(
    `{"gpu_usage":[338,0.25],"cpu_power":1.5,"gpu_power":0.5,"ane_power":0.0,"all_power":2.0}`,
  )!;
  assert.deepEqual(old.powerMw, { cpu: 1500, gpu: 500, ane: 0, dram: null, system: null });
  assert.equal(old.gpuActivity, 0.25);
  assert.equal(old.stampMs, null);

  const nested = readMacmonLine(
    `{"usage":{"gpu":[{"name":"GPU","usage":0.5}]},"future":{"x":1},` +
      `"power":{"package":9,"cpu":4,"gpu":2,"ram":1,"ane":0.5,"board":12},"timestamp":"soon"}`,
  )!;
  assert.deepEqual(nested.powerMw, { cpu: 4000, gpu: 2000, ane: 500, dram: 1000, system: 12_000 });
  assert.equal(nested.gpuActivity, 0.5);
  assert.equal(nested.stampMs, null);
});

Deno.test("readMacmonLine() takes no sensor, nonsense and underflow for not measured", () => {
  const { powerMw } = readMacmonLine(
    `{"cpu_power":2,"gpu_power":-1,"ane_power":"0.1","ram_power":0,"sys_power":1.8e19}`,
  )!;
  assert.deepEqual(powerMw, { cpu: 2000, gpu: null, ane: null, dram: null, system: null });
});

Deno.test("readMacmonLine() refuses what is not macmon's", () => {
  for (const text of ["", "null", "[]", "17", "{", "{}", `{"cpu_power":null}`, "thread panicked"]) {
    assert.equal(readMacmonLine(text), null, text);
  }
});
