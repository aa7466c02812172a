import assert from "node:assert/strict";
import { TextStream } from "../../lib/inference/text_stream.ts";
import { loadModel, type Tokenizer } from "../../lib/model/mod.ts";

function pieces(tokenizer: Tokenizer, ids: number[]): string[] {
  const stream = new TextStream(tokenizer);
  return [...ids.map((id) => stream.push(id)), stream.flush()];
}

Deno.test("TextStream tells a character when its last byte has come", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  const ids = tokenizer.encode("a漢!").slice(1);
  assert.deepEqual(pieces(tokenizer, ids), ["a", "", "", "漢", "!", ""]);
});

Deno.test("TextStream's pieces add up to the text of all tokens, whatever the tokens", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  let state = 7;
  for (let round = 0; round < 200; round++) {
    const ids = Array.from({ length: 30 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      // Half of them single bytes: most sequences are no UTF-8.
      return state % 2 === 0 ? 2 + (state >>> 8) % 256 : (state >>> 8) % 1024;
    });
    assert.equal(pieces(tokenizer, ids).join(""), tokenizer.decode(ids), String(ids));
  }
});

Deno.test("TextStream flushes a character that never became whole", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  const ids = tokenizer.encode("漢").slice(1, -1);
  assert.deepEqual(pieces(tokenizer, ids), ["", "", "\uFFFD"]);
});

Deno.test("TextStream keeps the space before a word where decoders drop the first one", () => {
  const words = ["▁Once", "▁upon", "▁a", "▁time"];
  const tokenizer: Tokenizer = {
    encode: () => [],
    decode: (ids) => ids.map((id) => words[id]).join("").replaceAll("▁", " ").replace(/^ /, ""),
    specialIds: new Set(),
  };
  assert.deepEqual(pieces(tokenizer, [0, 1, 2, 3]), ["Once", " upon", " a", " time", ""]);
  const answer = new TextStream(tokenizer, [0, 1]);
  assert.deepEqual([answer.push(2), answer.push(3)], [" a", " time"]);
});

Deno.test("TextStream begins anew where the text before ends within a character", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  const [first, ...rest] = tokenizer.encode("漢!").slice(1);
  const stream = new TextStream(tokenizer, [first!]);
  assert.equal(rest.map((id) => stream.push(id)).join("") + stream.flush(), tokenizer.decode(rest));
});
