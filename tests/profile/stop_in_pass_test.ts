import assert from "node:assert/strict";
import { nowMs, pause } from "../../lib/clock.ts";
import { ENGINES, openSession } from "../../lib/inference/mod.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { Evidence } from "../../lib/profile/evidence.ts";
import { ModelThread } from "../../lib/profile/model_thread.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";

/** Tokens of a prompt that takes more than a second to read, on any machine. */
const PROMPT = Array.from({ length: 2000 }, (_, i) => i * 7 % 4000);

Deno.test("ModelThread.repeat() ends inside of a long pass, with every engine, and keeps its begin", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel({
    ...SMALL,
    ...{ vocab_size: 4000, hidden_size: 512, intermediate_size: 1536, num_hidden_layers: 8 },
    ...{ num_attention_heads: 8, num_key_value_heads: 8, max_position_embeddings: 4096 },
  }, { outDir: `${folder.path}/m`, seed: 1 });
  await using session = await openSession(await loadModel(path), { threads: 1 });
  const beganMs = nowMs();
  await session.run(PROMPT.slice(0, 500));
  const wholeMs = 4 * (nowMs() - beganMs); // attention grows, so the true one takes longer
  await session.release();

  for (const engine of ENGINES) {
    using thread = new ModelThread();
    const loaded = await thread.load({ path, engine, threads: 1, lengths: [PROMPT.length] });
    assert.equal(loaded.engine, engine);
    const evidence = new Evidence();
    const stop = new AbortController();
    let stoppedMs = 0;
    const order = {
      ...{ prompt: "", addSpecialTokens: false, ids: PROMPT, prefillChunk: PROMPT.length },
      ...{ maxNewTokens: 2, seed: 1, least: 1, leastMs: 0, mostMs: 1e6, leadMs: 0 },
    };
    const interrupted = await thread.repeat(order, (batch) => {
      evidence.add(batch);
      if (batch.begun === null || stoppedMs > 0) return;
      setTimeout(() => {
        stoppedMs = nowMs();
        stop.abort();
      }, 100);
    }, stop.signal);
    const lateMs = nowMs() - stoppedMs;
    console.log(
      `${engine}: ended ${lateMs.toFixed(0)} ms after, in a pass of ${wholeMs.toFixed(0)} ms`,
    );
    assert.equal(interrupted, true);
    assert.equal(evidence.tokens.size, 0, "the pass went on to its end");
    const [repetition] = evidence.repetitions;
    assert.equal(evidence.repetitions.length, 1);
    assert.ok(repetition!.startMs < stoppedMs && repetition!.endMs >= stoppedMs);
    assert.ok(repetition!.endMs - repetition!.startMs < wholeMs, "it was not ended in the middle");
  }
});

/** A thread whose pass takes longer than a signal may be waited for, and that says what it comes to. */
const BUSY = `
  const told = new BroadcastChannel("busy thread");
  self.onmessage = ({ data: { type } }) => {
    if (type === "load") self.postMessage({ type: "loaded" });
    if (type === "repeat") {
      const begun = { index: 0, startMs: 0 };
      const nothing = { repetitions: [], tokens: [], sections: [], answers: [] };
      self.postMessage({ type: "batch", ...nothing, begun });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
      told.postMessage("pass ended");
    }
    if (type === "release") {
      told.postMessage("released");
      self.postMessage({ type: "released" });
    }
  };`;

Deno.test("ModelThread lets a thread that is stopped in a long pass free its model afterwards", async () => {
  const heard: string[] = [];
  using channel = disposable(new BroadcastChannel("busy thread"));
  channel.onmessage = ({ data }) => heard.push(data);
  {
    await using thread = new ModelThread(
      new URL(`data:text/javascript,${encodeURIComponent(BUSY)}`),
    );
    await thread.load({ path: "x", lengths: [1] });
    const stop = new AbortController();
    const order = {
      ...{ prompt: "", addSpecialTokens: false, maxNewTokens: 2, seed: 1 },
      ...{ least: 1, leastMs: 0, mostMs: 1e6, leadMs: 0 },
    };
    assert.equal(await thread.repeat(order, () => stop.abort(), stop.signal), true);
  }
  for (let tries = 0; tries < 100 && heard.length < 2; tries++) await pause(100);
  assert.deepEqual(heard, ["pass ended", "released"]);
});

function disposable(channel: BroadcastChannel): BroadcastChannel & Disposable {
  return Object.assign(channel, { [Symbol.dispose]: () => channel.close() });
}
