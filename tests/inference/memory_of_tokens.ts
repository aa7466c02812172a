/**
 * Decodes tokens in a process of its own and prints its memory after 100 of them and after all:
 * `deno run -A --v8-flags=--expose-gc tests/inference/memory_of_tokens.ts ENGINE TOKENS SESSIONS`.
 * Garbage is collected before memory is read: what is left is held.
 *
 * @module
 */
import { type EngineName, openSession } from "../../lib/inference/mod.ts";
import { loadModel } from "../../lib/model/mod.ts";

const [engine, total, sessions] = [Deno.args[0], Number(Deno.args[1]), Number(Deno.args[2])];
const model = await loadModel("models/tinytales");
let tokens = 0;
let afterFew = 0;
for (let opened = 1; opened <= sessions; opened++) {
  await using session = await openSession(model, { threads: 1, engine: engine as EngineName });
  for (; tokens < opened * total / sessions; tokens++) {
    if (tokens % 90 === 0) session.reset();
    await session.run([tokens % 1000]);
    if (tokens === 99) afterFew = heldBytes();
  }
}
console.log(JSON.stringify({ tokens, afterFew, afterAll: heldBytes() }));

function heldBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().rss;
}
