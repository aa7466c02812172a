import assert from "node:assert/strict";
import { LastWords } from "../../lib/power/last_words.ts";

function saying(...texts: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(texts.map((text) => new TextEncoder().encode(text)));
}

Deno.test("LastWords hears the end of it, in one line", async () => {
  assert.equal(await new LastWords(saying("first\n", "  and last \n")).heard(), "first / and last");
  const long = await new LastWords(saying("x".repeat(10_000), "the end\n")).heard();
  assert.ok(long.endsWith("xthe end") && long.length <= 400, long);
  assert.equal(await new LastWords(saying()).heard(), "");
});

Deno.test("LastWords keeps what it heard of a stream that breaks", async () => {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("half"));
    },
    pull(controller) {
      controller.error(new Error("the pipe broke"));
    },
  });
  assert.equal(await new LastWords(stream).heard(), "half");
});
