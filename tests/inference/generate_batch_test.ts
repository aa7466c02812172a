import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import {
  ENGINES,
  generate,
  generateBatch,
  openSession,
  type SessionOptions,
} from "../../lib/inference/mod.ts";
import { loadModel } from "../../lib/model/mod.ts";

const model = await loadModel("models/tinytales");
const PROMPTS = ["Once upon a time", "The old lamp", "Once"];

async function alone(prompt: string, options: SessionOptions & { maxNewTokens: number }) {
  const ids: number[] = [];
  let text = "";
  for await (const token of generate(model, prompt, options)) {
    ids.push(token.id);
    text += token.text;
  }
  return { ids, text };
}

for (const engine of ENGINES) {
  Deno.test(`generateBatch() with ${engine} gives each prompt the tokens that it gets alone`, async () => {
    // Long enough for some of the answers to end before others.
    const options = { engine, threads: 1, maxNewTokens: 160 };
    const expected = [];
    for (const prompt of PROMPTS) expected.push(await alone(prompt, options));
    const found = PROMPTS.map(() => ({ ids: [] as number[], text: "" }));
    let steps = 0;
    for await (const step of generateBatch(model, PROMPTS, options)) {
      assert.equal(step.index, steps++);
      assert.equal(step.phase, step.index === 0 ? "prefill" : "decode");
      assert.ok(step.endMs > step.startMs);
      step.tokens.forEach((token, row) => {
        if (token === null) return;
        found[row]!.ids.push(token.id);
        found[row]!.text += token.text;
      });
    }
    assert.deepEqual(found, expected);
    assert.equal(steps, Math.max(...expected.map(({ ids }) => ids.length)));
  });
}

Deno.test("generateBatch() takes a long prompt in pieces, in a session that it leaves open", async () => {
  await using session = await openSession(model, { threads: 1 });
  const read = async (prefillChunk: number) => {
    const rows: (number | undefined)[][] = [];
    const sections: string[] = [];
    const options = {
      session,
      prefillChunk,
      maxNewTokens: 6,
      onSection: ({ name }: { name: string }) => sections.push(name),
    };
    for await (const { tokens } of generateBatch(model, PROMPTS, options)) {
      rows.push(tokens.map((token) => token?.id));
    }
    return { rows, passes: sections.filter((name) => name === "forward").length };
  };
  const whole = await read(512);
  const cut = await read(2);
  assert.deepEqual(cut.rows, whole.rows);
  assert.equal(whole.passes, 6);
  assert.equal(cut.passes, 5 + Math.ceil(model.tokenizer.encode(PROMPTS[0]!).length / 2));
});

Deno.test("generateBatch() ends when it is told to, and refuses what is no batch", async () => {
  const stop = new AbortController();
  const steps = generateBatch(model, PROMPTS, { signal: stop.signal, maxNewTokens: 50 });
  await steps.next();
  stop.abort(new Error("enough"));
  await assert.rejects(steps.next(), /enough/);
  const refused = async (prompts: string[], options: object, said: RegExp) =>
    await assert.rejects(
      generateBatch(model, prompts, options).next(),
      (error) => error instanceof InputError && said.test(error.message),
    );
  await refused([], {}, /without prompts/);
  await refused(["Once"], { maxNewTokens: 0 }, /generate 0 tokens/);
  await refused(["Once", "a ".repeat(3000)], {}, /the context of tinytales holds/);
});
