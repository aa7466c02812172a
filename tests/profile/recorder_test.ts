import assert from "node:assert/strict";
import { PowerMonitor } from "../../lib/power/mod.ts";
import { RunRecorder } from "../../lib/profile/recorder.ts";
import type { RunSink } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf } from "../store/scene.ts";

const run = sampleRun({ tokens: 6 });
const TOKENS = run.trace.tokens;
const monitor = new PowerMonitor({ source: "estimate" });

/** A sink that refuses tokens while it is full. */
function scene() {
  const state = { isFull: false, written: [] as number[], ended: [] as string[] };
  const sink: RunSink = {
    createRun: () => "run",
    addPowerSamples() {},
    addRawPower() {},
    addPipelineSection() {},
    addTokens(_, tokens) {
      if (state.isFull) throw new Error("disk is full");
      state.written.push(...tokens.map(({ index }) => index));
    },
    finishRun: (_, { status }) => void state.ended.push(status),
  };
  const recorder = new RunRecorder(sink, headerOf(run), monitor);
  const add = (...indices: number[]) =>
    recorder.add({
      repetitions: [],
      tokens: indices.map((index) => ({ ...TOKENS[index]!, repetition: 0 })),
      sections: [],
      answers: [],
      begun: null,
    });
  return { state, recorder, add };
}

Deno.test("RunRecorder keeps what a full disk refused, and writes it in order when there is room", () => {
  const { state, recorder, add } = scene();
  using _ = recorder;
  add(0, 1);
  recorder.flush();
  state.isFull = true;
  add(2);
  assert.throws(() => recorder.flush(), /disk is full/);
  add(3);
  assert.throws(() => recorder.flush(), /disk is full/);
  assert.deepEqual(state.written, [0, 1]);
  state.isFull = false;
  add(4);
  recorder.flush();
  assert.deepEqual(state.written, [0, 1, 2, 3, 4]);
  recorder.flush();
  assert.deepEqual(state.written, [0, 1, 2, 3, 4], "nothing twice");
});

Deno.test("RunRecorder.check() throws what is wrong now, not what is over", async () => {
  const { state, recorder, add } = scene();
  using _ = recorder;
  const background = () => new Promise((resolve) => setTimeout(resolve, 700));
  state.isFull = true;
  add(0);
  await background();
  assert.throws(() => recorder.check(), /disk is full/);
  state.isFull = false;
  await background();
  recorder.check();
  assert.deepEqual(state.written, [0]);
});

Deno.test("RunRecorder.finish() writes that a run has failed even where its rows do not fit", () => {
  const { state, recorder, add } = scene();
  state.isFull = true;
  add(0);
  recorder.finish({ status: "failed", reason: "disk is full" });
  assert.deepEqual(state.ended, ["failed"]);
  const complete = scene();
  complete.state.isFull = true;
  complete.add(0);
  assert.throws(() => complete.recorder.finish({ status: "complete" }), /disk is full/);
  assert.deepEqual(complete.state.ended, []);
});
