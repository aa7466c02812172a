import assert from "node:assert/strict";
import { ENGINES, generate, openSession } from "../../lib/inference/mod.ts";
import { timedCut } from "../../lib/inference/prompt_cut.ts";
import { buildModel, loadModel, type Model } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";

/** A model whose prompt of `LONG` ids takes seconds. */
const LONG = 2000;
async function withSlowModel(run: (model: Model, prompt: number[]) => Promise<void>) {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel({
    ...SMALL,
    vocab_size: 4000,
    hidden_size: 512,
    intermediate_size: 1536,
    num_hidden_layers: 16,
    num_attention_heads: 8,
    num_key_value_heads: 8,
    max_position_embeddings: 4096,
  }, { outDir: `${folder.path}/m`, seed: 1 });
  const prompt = Array.from({ length: LONG }, (_, i) => i * 7 % 4000);
  await run(await loadModel(onnxPath), prompt);
}

for (const engine of ENGINES) {
  Deno.test(`generate() with ${engine} is stopped inside a long prefill, and its session goes on`, async () => {
    await withSlowModel(async (model, prompt) => {
      await using session = await openSession(model, { threads: 1, engine });
      const expected = await session.run(prompt.slice(0, 5));
      const late: number[] = [];
      for (const afterMs of [0, 40, 90]) {
        const stop = new AbortController();
        let stoppedMs = 0;
        const timer = setTimeout(() => {
          stoppedMs = performance.now();
          stop.abort(new Error("enough"));
        }, afterMs);
        const events = generate(model, prompt, { session, signal: stop.signal, maxNewTokens: 1 });
        await assert.rejects(events.next(), /enough/);
        late.push(performance.now() - stoppedMs);
        clearTimeout(timer);
        assert.ok(session.pastLength < LONG, "the prompt was read to its end");
        session.reset();
        assert.deepEqual(await session.run(prompt.slice(0, 5)), expected);
      }
      console.log(`${engine}: ended ${late.map((ms) => ms.toFixed(0)).join(", ")} ms after`);
    });
  });
}

Deno.test("timedCut() follows the time that pieces take, within bounds", async () => {
  const session = { passLength: (_length: number, chunk: number) => Promise.resolve(chunk) };
  const cut = await timedCut(session as never, 5000);
  const lengths = [100, 10, 10, 50, 1000, 1e6, 1e9].map((ms) => {
    const { length } = cut;
    cut.took(ms);
    return length;
  });
  assert.deepEqual(lengths, [16, 12, 48, 192, 288, 21, 1]);
  assert.equal(cut.length, 1);
  const whole = { passLength: (length: number) => Promise.resolve(length) };
  assert.equal((await timedCut(whole as never, 5000)).length, 5000);
});
