import assert from "node:assert/strict";
import { openSession, type TappedTensor } from "../../../lib/inference/mod.ts";
import { loadModel } from "../../../lib/model/mod.ts";
import { ActivationRecorder } from "../../../lib/profile/activations/mod.ts";
import { ProfiledSession } from "../../../lib/profile/layers/profiled_session.ts";

const model = await loadModel("models/tinytales");
const IDS = model.tokenizer.encode("Once upon a time there was a fox who liked to sing");

Deno.test("ProfiledSession goes on in new profiles without losing a pass or the cache", async () => {
  await using plain = await openSession(model, { threads: 1 });
  // 272 operations a pass: a new profile with every third.
  await using session = await ProfiledSession.open(model, { threads: 1, chunkEvents: 900 });
  await plain.run(IDS.slice(0, 3));
  await session.run(IDS.slice(0, 3));
  for (const id of IDS.slice(3)) {
    const wanted = await plain.run([id]);
    const logits = await session.run([id]);
    assert.equal(session.pastLength, plain.pastLength);
    wanted.forEach((logit, i) => assert.ok(Math.abs(logit - logits[i]!) < 1e-3));
  }
  session.settle();
  assert.equal(session.passes.length, IDS.length - 2);
  for (const { times, startMs, endMs } of session.passes) {
    assert.equal(times.length, 1);
    const [{ us, counts, durationUs }] = times as [(typeof times)[0]];
    assert.equal(counts.reduce((sum, count) => sum + count, 0), 272);
    const inside = us.reduce((sum, one) => sum + one, 0);
    assert.ok(inside <= durationUs && durationUs <= (endMs - startMs) * 1000 + 1);
  }
  const renewed = session.passes.filter(({ setupMs }) => setupMs > 0).length;
  assert.ok(renewed >= 3 && renewed < session.passes.length / 2, `${renewed}`);
});

Deno.test("ProfiledSession.settle() may come between any passes, and twice", async () => {
  await using session = await ProfiledSession.open(model, { threads: 1 });
  session.settle();
  await session.run(IDS.slice(0, 3));
  session.settle();
  session.settle();
  await session.extend([IDS[3]!]);
  assert.equal(session.passes.length, 2);
  assert.deepEqual(session.passes.map(({ times }) => times.length), [1, 0]);
  session.settle();
  assert.deepEqual(session.passes.map(({ times }) => times.length), [1, 1]);
});

Deno.test("ProfiledSession.uncounted() leaves its passes out", async () => {
  await using session = await ProfiledSession.open(model, { threads: 1 });
  await session.uncounted(() => session.run(IDS.slice(0, 5)));
  session.reset();
  await session.run(IDS.slice(0, 2));
  assert.equal(session.pastLength, 2);
  session.settle();
  assert.equal(session.passes.length, 1);
  assert.equal(session.passes[0]!.times.length, 1);
});

Deno.test("ProfiledSession goes on after a pass that failed", async () => {
  await using session = await ProfiledSession.open(model, { threads: 1 });
  await session.run(IDS.slice(0, 3));
  await assert.rejects(session.run([999_999]), /ONNX Runtime/);
  await session.run([IDS[3]!]);
  session.settle();
  assert.deepEqual(session.passes.map(({ times }) => times.length), [1, 1]);
});

Deno.test("ProfiledSession cannot run once it is released", async () => {
  const session = await ProfiledSession.open(model, { threads: 1 });
  await session.run(IDS);
  await session.release();
  await session.release();
  assert.equal(session.isReleased, true);
  assert.equal(session.passes[0]!.times.length, 1);
  await assert.rejects(() => session.run(IDS), /released/);
});

Deno.test("ProfiledSession hands tensors out in pieces, also after a long past", async () => {
  const lengths: number[] = [];
  const recorder = new ActivationRecorder(model);
  const shown = {
    model: recorder.model,
    mostTokens: 4,
    instrumentation: {
      ...recorder.instrumentation,
      onTaps: (tensors: ReadonlyMap<string, TappedTensor>) => {
        lengths.push([...tensors.values()][0]!.dims.at(-2)!);
      },
    },
  };
  await using plain = await openSession(model, { threads: 1 });
  const wanted = await plain.run(IDS);
  await using session = await ProfiledSession.open(model, { threads: 1, shown });
  await session.run(IDS.slice(0, 10));
  session.settle();
  const logits = await session.run(IDS.slice(10));
  assert.deepEqual(lengths.slice(0, 3), [4, 4, 2]);
  assert.equal(lengths.reduce((sum, length) => sum + length, 0), IDS.length);
  assert.ok(Math.max(...lengths) <= 4);
  wanted.forEach((logit, i) => assert.ok(Math.abs(logit - logits[i]!) < 1e-3));
});
