import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ENGINES, generate, type OpenedSession, openSession } from "../../lib/inference/mod.ts";
import { best } from "../../lib/inference/sampling.ts";
import { loadModel } from "../../lib/model/mod.ts";

const LONG = Deno.env.get("TOKENWATT_LONG") === "1";
const model = await loadModel("models/tinytales");
const PROMPT = [0, 625, 624, 3, 40];

/**
 * Memory after all tokens ÷ after 100. `ort-node` hands every cache to JavaScript, whose collector
 * lets some 70 MiB of them pile up and no more (as many after 40,000 tokens as after 10,000).
 */
const MOST_GROWTH = { "ort-node": 1.75, "ort-ffi": 1.25 };

async function greedy(session: OpenedSession, count: number): Promise<number[]> {
  session.reset();
  const ids: number[] = [];
  for (let input = PROMPT; ids.length < count; input = [ids.at(-1)!]) {
    ids.push(best(await session.run(input)));
  }
  return ids;
}

for (const engine of ENGINES) {
  Deno.test(`${engine} keeps no memory of tokens, session after session`, async () => {
    const [total, sessions] = LONG ? [10_000, 10] : [1_000, 2];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-prompt", "-A", "--no-lock", "--v8-flags=--expose-gc"],
        fileURLToPath(new URL("memory_of_tokens.ts", import.meta.url)),
        ...[engine, `${total}`, `${sessions}`],
      ],
      // One heap for all threads: what glibc keeps of freed memory for each would hide what is held.
      env: { MALLOC_ARENA_MAX: "1" },
    }).output();
    const text = new TextDecoder();
    assert.equal(text.decode(stderr), "");
    const { tokens, afterFew, afterAll } = JSON.parse(text.decode(stdout));
    assert.equal(tokens, total);
    const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
    const ratio = afterAll / afterFew;
    console.log(
      `${engine}: memory after ${total} tokens ÷ after 100: ${ratio.toFixed(3)} ` +
        `(${mib(afterAll)} ÷ ${mib(afterFew)} MiB, ${sessions} sessions)`,
    );
    assert.ok(ratio < MOST_GROWTH[engine], `memory grew by ${ratio}`);
  });

  Deno.test(`${engine} is stopped at random moments, and answers as before`, async () => {
    await using session = await openSession(model, { threads: 2, engine });
    const expected = await greedy(session, 3);
    const times = LONG ? 200 : 20;
    let random = 7;
    let stopped = 0;
    for (let i = 0; i < times; i++) {
      random = random * 16807 % 2147483647; // Park and Miller's: the same moments in every run
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), random % 80);
      const prompt = Array.from({ length: 300 + random % 150 }, (_, at) => at);
      const events = generate(model, prompt, { session, signal: stop.signal, maxNewTokens: 20 });
      try {
        for await (const _token of events);
      } catch (error) {
        assert.equal((error as Error).name, "AbortError");
        stopped++;
      }
      clearTimeout(timer);
      if (i % 10 === 9) assert.deepEqual(await greedy(session, 3), expected);
    }
    assert.ok(stopped > times / 10, `only ${stopped} of ${times} were stopped`);
  });

  Deno.test(`${engine} runs two sessions at once, each with its own answer`, async () => {
    await using one = await openSession(model, { threads: 1, engine });
    await using other = await openSession(model, { threads: 1, engine });
    const count = LONG ? 400 : 40;
    const alone = await greedy(one, count);
    assert.deepEqual(await Promise.all([greedy(one, count), greedy(other, count)]), [
      alone,
      alone,
    ]);
  });
}
