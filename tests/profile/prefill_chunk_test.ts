import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";

const QUICK = { baselineSeconds: 0, minSeconds: 0, warmup: 0, maxNewTokens: 2 };

Deno.test("profile() takes the prompt in the pieces that are asked for, and keeps a memo", async () => {
  const model = await loadModel("models/tinytales");
  const ids = Array.from({ length: 10 }, (_, at) => 10 + at);
  using database = ProfileDatabase.open(":memory:");
  const passes = async (prefillChunk: number) => {
    const memo = { arm: `chunk ${prefillChunk}` };
    const options = { ...QUICK, source: "estimate", prefillChunk, memo, database };
    const { runId } = await profile(model, ids, options);
    assert.deepEqual(database.getRun(runId)?.options.memo, memo);
    return database.getSections(runId)
      .filter(({ phase, name, repetition }) =>
        phase === "prefill" && name === "forward" && repetition === 0
      ).length;
  };
  assert.deepEqual([await passes(4), await passes(16)], [3, 1]);
  await assert.rejects(profile(model, ids, { prefillChunk: 0 }), /prefillChunk 0; pass an integer/);
});
