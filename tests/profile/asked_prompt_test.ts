import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { askedPrompt } from "../../lib/profile/asked_prompt.ts";
import { reading } from "../../lib/profile/repeat_answer.ts";

const model = await loadModel("models/tinytales");
const text = "The cat said";
const ids = model.tokenizer.encode(text, { addSpecialTokens: false });
// What a user has cut or added: no text says that.
const changed = [...ids.slice(1), ids[0]!];

Deno.test("askedPrompt() asks a conversation by its ids where its text says something else", () => {
  const asked = askedPrompt(model, { text, ids: changed }, undefined);
  assert.equal(asked.prompt, text);
  assert.deepEqual(asked.promptIds, [changed]);
  assert.deepEqual(reading(model, asked).tokenizer.encode(asked.prompt), changed);
});

Deno.test("askedPrompt() asks a conversation by its text where both say the same, so that tokenizing is measured", () => {
  const asked = askedPrompt(model, { text, ids }, undefined);
  assert.deepEqual(asked, { prompt: text, addSpecialTokens: false, promptIds: [ids] });
});

Deno.test("askedPrompt() keeps the ids of each conversation in a batch", () => {
  const { batch, promptIds } = askedPrompt(
    model,
    [{ text, ids }, { text, ids: changed }],
    undefined,
  );
  assert.deepEqual(batch, [text, changed]);
  assert.deepEqual(promptIds, [ids, changed]);
});
