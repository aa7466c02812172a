import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import type { ModelFacts } from "../../lib/inference/decoder_inputs.ts";
import type { Session } from "../../lib/inference/mod.ts";
import { ortFfi } from "../../lib/inference/ort_ffi/mod.ts";
import { ortNode } from "../../lib/inference/ort_node.ts";
import {
  type KnownSignature,
  type Signature,
  SIGNATURES,
  TINY,
  tinyDecoder,
} from "../fixtures/decoders/mod.ts";
import { temporaryFolder } from "../model/checkpoints.ts";
import { assertNear, assertSameAnswer, rerun } from "./same_answer.ts";

const PROMPT = [5, 17, 3, 30, 8];
const STEPS = 16;

const FACTS: ModelFacts = {
  onnxPath: "",
  inputNames: null,
  slidingWindow: null,
  contextLength: TINY.room,
  features: { numHeads: TINY.heads, numKvHeads: TINY.heads, headDim: TINY.headDim },
};

/** Writes a decoder and opens it. */
async function withSession(
  signature: Signature,
  run: (session: Session) => Promise<void>,
  facts: Partial<ModelFacts> = {},
  engine: typeof ortNode | typeof ortFfi = ortNode,
): Promise<void> {
  using folder = temporaryFolder();
  const onnxPath = `${folder.path}/model.onnx`;
  await Deno.writeFile(onnxPath, tinyDecoder(signature));
  const model = { ...FACTS, onnxPath, slidingWindow: signature.window ?? null, ...facts };
  await using session = await engine.openSession(model, { threads: 1 });
  await run(session);
}

let plain: Float32Array[] = [];
await withSession({}, async (session) => {
  plain = (await rerun(session, PROMPT, STEPS)).logits;
});

for (const engine of [ortNode, ortFfi]) {
  for (const [name, known] of Object.entries(SIGNATURES)) {
    Deno.test(`${engine.name} runs ${name}: with its cache as anew without`, async () => {
      const facts = { inputNames: known.inputNames ?? null };
      await withSession(known.signature, (session) => check(session, known), facts, engine);
    });
  }
}

async function check(
  session: Session,
  { signature, prefillBy, capacity, differs }: KnownSignature,
) {
  const tolerance = signature.half ? 0.02 : 1e-5;
  const passLength = { chunk: 2, whole: 5, token: 1 }[prefillBy];
  assert.equal(await session.passLength(5, 2), passLength);
  assert.equal(await session.passLength(2, 2), Math.min(2, passLength));
  assert.equal(session.capacity, capacity ?? null);
  const whole = await rerun(session, PROMPT, STEPS);
  if (differs) {
    assert.ok(whole.logits.at(-1)!.some((value, i) => Math.abs(value - plain.at(-1)![i]!) > 0.01));
  } else {
    whole.logits.forEach((row, i) => assertNear(row, plain[i]!, tolerance, `plain, step ${i}`));
  }
  await assertSameAnswer(session, whole, PROMPT.length, tolerance);
}

Deno.test("the tiny decoders' answers depend on every token and its place", async () => {
  for (const signature of [{}, { states: true }]) {
    await withSession(signature, async (session) => {
      const ids = [5, 17, 3, 30, 8, 2, 9];
      const expected = await session.run(ids);
      for (let at = 0; at < ids.length; at++) {
        session.reset();
        const other = await session.run(ids.with(at, 29));
        assert.ok(other.some((value, i) => Math.abs(value - expected[i]!) > 0.05), `token ${at}`);
      }
      session.reset();
      const swapped = await session.run([17, 5, ...ids.slice(2)]);
      assert.ok(swapped.some((value, i) => Math.abs(value - expected[i]!) > 0.05));
    });
  }
});

Deno.test("Session refuses to run past the end of a cache of fixed length", async () => {
  const { signature } = SIGNATURES["static cache of fixed length"]!;
  await withSession(signature, async (session) => {
    await session.run(Array.from({ length: 39 }, (_, i) => i % 32));
    await session.run([1]);
    await assert.rejects(
      session.run([2]),
      (error) =>
        error instanceof InputError && /41 tokens: .* holds 40; use at most 40/.test(error.message),
    );
    assert.equal(session.pastLength, 40);
    session.reset();
    await assert.rejects(session.run(Array(41).fill(1)), /holds 40/);
  });
});

Deno.test("Session.reset() makes as much room in an open static cache as is asked for", async () => {
  const { signature } = SIGNATURES["static cache of open length"]!;
  await withSession(signature, async (session) => {
    assert.equal(session.capacity, null);
    session.reset(6);
    const row = await session.run(PROMPT);
    assertNear(row, plain[0]!, 1e-5, "in little room");
    await session.run([1]);
    await assert.rejects(session.run([1]), /holds 6/);
  });
});

Deno.test("Session.reset() refuses room that no machine has", async () => {
  const { signature } = SIGNATURES["static cache of open length"]!;
  await withSession(signature, async (session) => {
    assert.throws(
      () => session.reset(2 ** 50),
      (error) => error instanceof InputError && /\[1, 1125899906842624, 16\]/.test(error.message),
    );
    session.reset();
    assert.equal((await session.run(PROMPT)).length, TINY.vocab);
  });
});

Deno.test("Session notices a graph whose cache drops what it was given", async () => {
  // A window that nobody told of: its graph keeps the last tokens only.
  await assert.rejects(
    withSession({ forgets: 4 }, async (session) => {
      await session.run(PROMPT);
    }),
    (error) =>
      error instanceof InputError && /after 5 tokens its cache "present.0.key"/.test(error.message),
  );
});

Deno.test("Session takes no window for granted in a mask of four axes", async () => {
  const { signature } = SIGNATURES["a mask of four axes, added"]!;
  await withSession(signature, async (session) => {
    assert.equal(session.capacity, 6);
    await session.run(PROMPT);
    await session.run([1]);
    await assert.rejects(session.run([1]), /holds 6/);
  }, { slidingWindow: 6 });
});

Deno.test("Session.run() tries in a session under way, and goes on where it was", async () => {
  for (
    const signature of [
      {},
      SIGNATURES["merged decoder, its branches traced with one token"]!.signature,
    ]
  ) {
    await withSession(signature, async (session) => {
      const expected = await session.run([...PROMPT, 2, 9]);
      session.reset();
      await session.run(PROMPT);
      assertNear(await session.run([2, 9]), expected, 1e-5, "continued");
      assert.equal(session.pastLength, 7);
    });
  }
});

Deno.test("Session shows an instrumented run no trial, and continues a shortened cache singly", async () => {
  using folder = temporaryFolder();
  const onnxPath = `${folder.path}/model.onnx`;
  await Deno.writeFile(onnxPath, tinyDecoder({ positions: "position_ids", window: 5, forgets: 4 }));
  const model: ModelFacts = { ...FACTS, onnxPath, slidingWindow: 5 };
  let passes = 0;
  const count = async (...chunks: number[][]) => {
    await using session = await ortNode.openSession(model, {}, { onTaps: () => passes++ });
    passes = 0;
    for (const chunk of chunks) await session.run(chunk);
    return passes;
  };
  // Nothing is known of the model, and its passes are not to be mixed with a trial's.
  assert.equal(await count([1, 2], [3, 4]), 3);
  await using plain = await ortNode.openSession(model, {});
  assert.equal(await plain.passLength(5, 2), 2);
  assert.equal(await count([1, 2], [3, 4]), 2);
  assert.equal(await count([1, 2, 3, 4], [5, 6, 7], [8, 9, 10]), 1 + 1 + 3);
});
