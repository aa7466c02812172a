import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { loadTokenizer } from "../../lib/model/tokenizer.ts";
import { temporaryFolder } from "./checkpoints.ts";

const TINYTALES = `${import.meta.dirname}/../../models/tinytales`;
const golden: { prompt: string; input_ids: number[]; generated_ids: number[]; text: string }[] =
  JSON
    .parse(await Deno.readTextFile(`${TINYTALES}/golden.json`));

Deno.test("Tokenizer gives the golden ids and texts", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  for (const { prompt, input_ids, generated_ids, text } of golden) {
    assert.deepEqual(tokenizer.encode(prompt), input_ids);
    assert.equal(tokenizer.decode(generated_ids), text);
  }
});

Deno.test("Tokenizer.decode() leaves out special and unknown ids", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  assert.deepEqual([...tokenizer.specialIds].sort(), [0, 1]);
  assert.equal(tokenizer.decode([]), "");
  assert.equal(tokenizer.decode([0, 625, 99_999, 624, 1]), "Once upon");
});

Deno.test("Tokenizer takes any text and gives it back", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  for (
    const text of ["", " ", "\u0000\u001b[31m", "<script>alert(1)</script>", "漢字 👩‍👩‍👧 e\u0301"]
  ) {
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
  }
});

async function withConfig(change: Record<string, unknown>): Promise<number[]> {
  using folder = temporaryFolder();
  const definition = JSON.parse(await Deno.readTextFile(`${TINYTALES}/tokenizer.json`));
  if ("post_processor" in change) definition.post_processor = change.post_processor;
  await Deno.writeTextFile(`${folder.path}/tokenizer.json`, JSON.stringify(definition));
  await Deno.writeTextFile(
    `${folder.path}/tokenizer_config.json`,
    JSON.stringify({ bos_token: { content: "<s>" }, ...change }),
  );
  return (await loadTokenizer(folder.path)).tokenizer.encode("Once");
}

Deno.test("loadTokenizer() adds the begin token as tokenizer_config.json says", async () => {
  assert.deepEqual(await withConfig({}), [0, 625]);
  assert.deepEqual(await withConfig({ add_bos_token: false }), [625]);
  assert.deepEqual(await withConfig({ add_bos_token: true }), [0, 625]);
  assert.deepEqual(await withConfig({ post_processor: null }), [625]);
  assert.deepEqual(await withConfig({ post_processor: null, add_bos_token: true }), [0, 625]);
});
